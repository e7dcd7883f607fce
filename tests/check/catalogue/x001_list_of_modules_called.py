"""A `ModuleList` that is called as if it were a `Sequential`."""

import torch
from torch import nn


class Stack(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(8, 8) for _ in range(3)])

    def forward(self, x):
        return self.layers(x)  # expect: X001 layers


def build():
    torch.manual_seed(0)
    return Stack(), (torch.randn(4, 8),)
