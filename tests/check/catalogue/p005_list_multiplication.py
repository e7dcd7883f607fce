# check: select=P005
"""`[block] * 3` makes one block three times, not three blocks."""

import torch
from torch import nn


class Stack(nn.Module):
    def __init__(self, dim=12, depth=3):
        super().__init__()
        self.embed = nn.Linear(6, dim)
        block = nn.Sequential(nn.Linear(dim, dim), nn.GELU())
        self.blocks = nn.ModuleList([block] * depth)  # expect: P005 blocks.0
        self.head = nn.Linear(dim, 2)

    def forward(self, x):
        x = self.embed(x)
        for block in self.blocks:
            x = x + block(x)
        return self.head(x)


def build():
    return Stack(), (torch.randn(3, 6),)
