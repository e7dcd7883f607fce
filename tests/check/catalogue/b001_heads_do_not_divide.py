"""Sixty-four dimensions cannot be split into six heads."""

import torch
from torch import nn


class Layer(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.norm = nn.LayerNorm(dim)
        self.attention = nn.MultiheadAttention(dim, heads, batch_first=True)  # expect: B001

    def forward(self, x):
        y = self.norm(x)
        return x + self.attention(y, y, y)[0]


class Model(nn.Module):
    def __init__(self, dim=64, heads=6, depth=2):
        super().__init__()
        self.layers = nn.Sequential(*[Layer(dim, heads) for _ in range(depth)])

    def forward(self, x):
        return self.layers(x)


def build():
    return Model(), (torch.randn(2, 5, 64),)
