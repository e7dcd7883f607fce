# check: select=G004 backward
"""Twelve sigmoids in a row: the first layers receive next to nothing."""

import torch
from torch import nn


class SigmoidTower(nn.Module):
    def __init__(self, dim=16, depth=12):
        super().__init__()
        self.embed = nn.Linear(6, dim)  # expect: G004 embed
        self.layers = nn.ModuleList([nn.Linear(dim, dim) for _ in range(depth)])
        self.head = nn.Linear(dim, 1)

    def forward(self, x):
        x = torch.sigmoid(self.embed(x))
        for layer in self.layers:
            x = torch.sigmoid(layer(x))
        return self.head(x)


def build():
    torch.manual_seed(0)
    return SigmoidTower(), (torch.randn(8, 6),)
