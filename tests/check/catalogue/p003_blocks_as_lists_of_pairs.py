"""Each block is a pair in a list of pairs: two containers deep, and nothing in them is registered."""

import torch
from torch import nn


class Encoder(nn.Module):
    def __init__(self, dim=8, depth=2):
        super().__init__()
        self.blocks = [[nn.LayerNorm(dim), nn.Linear(dim, dim)] for _ in range(depth)]  # expect: P003
        self.head = nn.Linear(dim, 2)

    def forward(self, x):
        for norm, mix in self.blocks:
            x = x + mix(norm(x))
        return self.head(x)


def build():
    return Encoder(), (torch.randn(3, 8),)
