"""A model that changes everything about itself when it runs, to be put back by whoever runs it for a look."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn


def change_settings() -> None:
    """Changes what the whole process computes with."""
    torch.use_deterministic_algorithms(True, warn_only=True)
    torch.set_num_threads(torch.get_num_threads() + 1)
    torch.set_float32_matmul_precision("medium")
    torch.set_flush_denormal(True)
    torch.set_warn_always(True)
    torch.autograd.set_detect_anomaly(True)
    torch.set_autocast_enabled("cpu", True)
    torch.set_autocast_dtype("cpu", torch.float16)
    torch.backends.cudnn.benchmark = True
    torch.backends.mkldnn.enabled = False
    torch.backends.mha.set_fastpath_enabled(False)
    torch.backends.cuda.enable_flash_sdp(False)


class Disorder(nn.Module):
    """Writes weights, buffers, gradients, attributes, hooks, modes, defaults and random states, and then may raise."""

    def __init__(self, end: type[BaseException] | None = None) -> None:
        super().__init__()
        self.end = end
        self.fc = nn.Linear(4, 4)
        self.norm = nn.BatchNorm1d(4)
        self.frozen = nn.BatchNorm1d(4)
        self.drop = nn.Dropout(0.5)
        self.loose = [nn.BatchNorm1d(4)]
        self.register_buffer("calls", torch.zeros(()))
        self.register_buffer("graph", torch.eye(4).to_sparse())
        self.register_buffer("memory", torch.zeros(3, 4))
        flat = torch.randn(8)
        self.left, self.right = nn.Parameter(flat[:4]), nn.Parameter(flat[4:])
        self.plain = torch.ones(4)
        self.history: list[int] = []
        self.state: dict[str, Any] = {"seen": [], "last": None}
        self.train()
        self.frozen.eval()
        self.fc.bias.requires_grad_(False)
        self.fc.weight.grad = torch.ones(4, 4)

    def forward(self, x: Tensor, extra: dict[str, Any]) -> Tensor:
        x.mul_(2)
        extra["more"] = x
        extra["list"].append(1)
        y = self.drop(self.loose[0](self.norm(self.frozen(self.fc(x)))))
        y.sum().backward(retain_graph=True)
        with torch.no_grad():
            self.left.add_(1)
            self.right.mul_(2)
            self.fc.weight.data = self.fc.weight.data * 3
            self.fc.bias.zero_()
            self.plain.add_(1)
            self.graph.mul_(2)
            self.calls += 1
        self.memory.mul_(0.5).add_(y)  # autograd follows it from here on
        self.fc.bias.requires_grad_(True)
        self.norm.eval()
        self.frozen.train()
        self.fc.weight.note = "seen"
        self.fc.weight.register_hook(lambda grad: grad)
        self.left.register_post_accumulate_grad_hook(lambda weight: None)
        self.fc.register_forward_hook(lambda *args: None)
        self.history.append(len(x))
        self.state["seen"].append(1)
        self.state["last"] = x
        self.added = nn.Linear(1, 1)
        random.random()
        np.random.rand()
        torch.rand(1)
        torch.set_default_dtype(torch.float64)
        torch.set_grad_enabled(False)
        change_settings()
        if self.end is not None:
            raise self.end("enough")
        return y + self.state["last"].sum()
