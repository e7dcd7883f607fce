"""Compiled modules run as they are written while they are traced, and are compiled again afterwards."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from graphviz_torch import api


def _backend(graph: torch.fx.GraphModule, inputs: list[Tensor]) -> object:
    return graph.forward


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Sequential(nn.Linear(2, 2), nn.ReLU())

    def forward(self, x: Tensor) -> Tensor:
        return self.inner(x)


def test_a_module_compiled_in_place_is_seen_through() -> None:
    model = Net()
    model.inner.compile(backend=_backend)
    compiled = model.inner._compiled_call_impl
    graph = api.trace(model, (torch.ones(1, 2),))
    assert [node.name for node in graph.nodes if node.kind == "call"] == ["linear", "relu"]
    assert [call.path for call in graph.calls] == ["", "inner", "inner.0", "inner.1"]
    assert model.inner._compiled_call_impl is compiled
