# check: select=N003 stats
"""A GELU that reads nothing above minus six: it has no slope there, though it is no ReLU."""

import torch
from torch import nn


class Gate(nn.Module):
    def __init__(self):
        super().__init__()
        self.up = nn.Linear(8, 32)
        self.down = nn.Linear(32, 8)
        nn.init.constant_(self.up.bias, -12.0)

    def forward(self, x):
        return x + self.down(nn.functional.gelu(self.up(x)))  # expect: N003


def build():
    torch.manual_seed(0)
    return Gate(), (torch.randn(4, 8),)
