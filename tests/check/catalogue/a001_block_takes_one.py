"""A block was swapped for one without a condition, and is still called with two tensors."""

import torch
from torch import nn


class FeedForward(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.up = nn.Linear(dim, 2 * dim)
        self.down = nn.Linear(2 * dim, dim)

    def forward(self, x):
        return x + self.down(torch.relu(self.up(x)))


class Diffusion(nn.Module):
    def __init__(self, dim=8):
        super().__init__()
        self.time = nn.Linear(1, dim)
        self.blocks = nn.ModuleList([FeedForward(dim) for _ in range(2)])

    def forward(self, x, t):
        emb = self.time(t)
        for block in self.blocks:
            x = block(x, emb)  # expect: A001 blocks.0
        return x


def build():
    return Diffusion(), (torch.randn(3, 8), torch.rand(3, 1))
