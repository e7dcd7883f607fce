# check: select=D004
"""Experts are chosen by `nonzero`, whose size is known to no one until the device has finished."""

import torch
from torch import nn


class Router(nn.Module):
    def __init__(self, dim=8, experts=3):
        super().__init__()
        self.gate = nn.Linear(dim, experts)
        self.experts = nn.ModuleList([nn.Linear(dim, dim) for _ in range(experts)])

    def forward(self, x):
        choice = self.gate(x).argmax(dim=-1)
        out = torch.zeros_like(x)
        for number, expert in enumerate(self.experts):
            rows = torch.nonzero(choice == number).squeeze(1)  # expect: D004
            out = out.index_add(0, rows, expert(x[rows]))
        return out


def build():
    torch.manual_seed(0)
    return Router(), (torch.randn(12, 8),)
