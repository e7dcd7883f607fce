"""A model built empty and filled from a checkpoint that lacks one layer: its weights stay on `meta`."""

import torch
from torch import nn


class Adapter(nn.Module):
    def __init__(self, dim=16, rank=4):
        super().__init__()
        self.down = nn.Linear(dim, rank)
        self.up = nn.Linear(rank, dim, device="meta")

    def forward(self, x):
        return x + self.up(torch.relu(self.down(x)))  # expect: D001 adapters.0.up


class Model(nn.Module):
    def __init__(self, dim=16):
        super().__init__()
        self.base = nn.Linear(dim, dim)
        self.adapters = nn.ModuleList([Adapter(dim), Adapter(dim)])

    def forward(self, x):
        x = self.base(x)
        for adapter in self.adapters:
            x = adapter(x)
        return x


def build():
    return Model(), (torch.randn(2, 16),)
