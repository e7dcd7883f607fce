"""A norm written by hand upcasts and never casts back: the residual stream of a bf16 model is float32 from here."""

import torch
from torch import nn


class RMSNorm(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(dim, dtype=torch.float32))

    def forward(self, x):
        rms = x.pow(2).mean(-1, keepdim=True).add(1e-6).rsqrt()
        return x * rms * self.scale  # expect: D005 norm


class Block(nn.Module):
    def __init__(self, dim=16):
        super().__init__()
        self.inner = nn.Linear(dim, dim, dtype=torch.bfloat16)
        self.norm = RMSNorm(dim)

    def forward(self, x):
        h = self.inner(x)
        return torch.sigmoid(self.norm(h)) * x


def build():
    return Block(), (torch.randn(2, 5, 16, dtype=torch.bfloat16),)
