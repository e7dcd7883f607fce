# check: select=N003 stats
"""A bias of minus ten in front of a ReLU: not one unit is ever on."""

import torch
from torch import nn


class Focal(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Linear(8, 16)
        self.act = nn.ReLU()
        self.head = nn.Linear(16, 2)
        nn.init.constant_(self.stem.bias, -10.0)

    def forward(self, x):
        h = self.act(self.stem(x))  # expect: N003 act
        return self.head(h)


def build():
    torch.manual_seed(0)
    return Focal(), (torch.randn(16, 8),)
