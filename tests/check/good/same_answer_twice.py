# check: select=M003,P005
"""Random weights that nothing reads, noise for a shape, a cache that changes no answer, two shared activations."""

import torch
from torch import nn


class Steady(nn.Module):
    def __init__(self):
        super().__init__()
        act = nn.ReLU()
        self.body = nn.Sequential(nn.Linear(6, 8), act, nn.Linear(8, 8), act)
        self.register_buffer("calls", torch.zeros((), dtype=torch.long))
        self.cache = None

    def forward(self, x):
        self.calls += 1
        if self.cache is None:
            self.cache = torch.arange(8, device=x.device) / 8
        unread = torch.rand(3)
        shape = torch.rand(2, 8).shape
        return self.body(x).reshape(shape) + self.cache + 0 * unread.numel()


def build():
    return Steady(), (torch.randn(2, 6),)
