# check: select=G002 backward
"""`x += y` where `tanh` has kept its result for backward."""

import torch
from torch import nn


class Residual(nn.Module):
    def __init__(self, dim=10):
        super().__init__()
        self.inner = nn.Linear(dim, dim)
        self.outer = nn.Linear(dim, dim)

    def forward(self, x):
        h = torch.tanh(self.inner(x))
        y = self.outer(h)
        h += y  # expect: G002 blocks.0 # expect: G002 blocks.1
        return h


class Tower(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = nn.ModuleList([Residual(), Residual()])

    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        return x


def build():
    return Tower(), (torch.randn(3, 10),)
