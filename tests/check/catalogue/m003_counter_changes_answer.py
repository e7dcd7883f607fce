# check: select=M003
"""A running mean that is updated in eval as well: the answer depends on what was asked before."""

import torch
from torch import nn


class Centre(nn.Module):
    def __init__(self, dim=6):
        super().__init__()
        self.register_buffer("mean", torch.zeros(dim))

    def forward(self, x):
        self.mean.lerp_(x.detach().mean(dim=0), 0.1)  # expect: M003 centre
        return x - self.mean


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.centre = Centre()
        self.out = nn.Linear(6, 2)

    def forward(self, x):
        return self.out(self.centre(x))


def build():
    return Net(), (torch.randn(4, 6),)
