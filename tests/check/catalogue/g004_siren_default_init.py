# check: select=G004 backward
"""A network of sines with a frequency of 30 and the usual initial weights: each layer multiplies the gradient."""

import torch
from torch import nn


class Siren(nn.Module):
    def __init__(self, dim=32, depth=8, frequency=30.0):
        super().__init__()
        self.frequency = frequency
        self.first = nn.Linear(2, dim)  # expect: G004 first
        self.rest = nn.ModuleList([nn.Linear(dim, dim) for _ in range(depth)])
        self.last = nn.Linear(dim, 3)

    def forward(self, coordinates):
        h = torch.sin(self.frequency * self.first(coordinates))
        for layer in self.rest:
            h = torch.sin(self.frequency * layer(h))
        return self.last(h)


def build():
    torch.manual_seed(0)
    return Siren(), (torch.rand(16, 2) * 2 - 1,)
