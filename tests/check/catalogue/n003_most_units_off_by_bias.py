# check: select=N003 stats
"""A bias of minus ten for nine units of ten: the others learn, and the loss falls, slowly."""

import torch
from torch import nn


class Sparse(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Linear(8, 128)
        self.act = nn.ReLU(inplace=True)
        self.head = nn.Linear(128, 2)
        with torch.no_grad():
            self.stem.bias[:115] = -10.0

    def forward(self, x):
        h = self.act(self.stem(x))  # expect: N003 act
        return self.head(h)


def build():
    torch.manual_seed(0)
    return Sparse(), (torch.randn(32, 8),)
