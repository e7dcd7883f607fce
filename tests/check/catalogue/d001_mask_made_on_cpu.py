# check: assume_device=cuda
"""A causal mask is made in `forward` without a device, and meets scores that are on the GPU."""

import torch
from torch import nn


class CausalAttention(nn.Module):
    def __init__(self, dim=16):
        super().__init__()
        self.q = nn.Linear(dim, dim)
        self.k = nn.Linear(dim, dim)
        self.v = nn.Linear(dim, dim)

    def forward(self, x):
        t = x.size(1)
        scores = self.q(x) @ self.k(x).transpose(1, 2)
        mask = torch.triu(torch.ones(t, t, dtype=torch.bool), diagonal=1)  # expect: D003
        scores = scores.masked_fill(mask, float("-inf"))  # expect: D001
        return scores.softmax(-1) @ self.v(x)


def build():
    return CausalAttention(), (torch.randn(2, 5, 16),)
