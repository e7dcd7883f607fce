# check: select=N003 stats
"""Dot products of 256 dimensions without the square root: the softmax is one-hot from the start."""

import torch
from torch import nn


class UnscaledAttention(nn.Module):
    def __init__(self, dim=256):
        super().__init__()
        self.q = nn.Linear(dim, dim)
        self.k = nn.Linear(dim, dim)
        self.v = nn.Linear(dim, dim)
        for layer in (self.q, self.k):
            nn.init.normal_(layer.weight, std=0.5)

    def forward(self, x):
        scores = self.q(x) @ self.k(x).transpose(1, 2)
        weights = torch.softmax(scores, dim=-1)  # expect: N003
        return weights @ self.v(x)


def build():
    torch.manual_seed(0)
    return UnscaledAttention(), (torch.randn(2, 12, 256),)
