"""A gate was added to the constructor and never made it into `forward`."""

import torch
from torch import nn


class GatedBlock(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.norm = nn.LayerNorm(dim)
        self.ff = nn.Sequential(nn.Linear(dim, 2 * dim), nn.GELU(), nn.Linear(2 * dim, dim))
        self.gate = nn.Parameter(torch.zeros(dim))  # expect: P001 blocks.0 # expect: P001 blocks.1

    def forward(self, x):
        return x + self.ff(self.norm(x))


class Mixer(nn.Module):
    def __init__(self, dim=12):
        super().__init__()
        self.blocks = nn.ModuleList([GatedBlock(dim), GatedBlock(dim)])

    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        return x


def build():
    return Mixer(), (torch.randn(2, 5, 12),)
