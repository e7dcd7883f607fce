# check: select=M003
"""A recurrent state is kept on the module and never reset: each call starts where the last one ended."""

import torch
from torch import nn


class Streaming(nn.Module):
    def __init__(self, dim=6):
        super().__init__()
        self.cell = nn.GRUCell(dim, dim)
        self.out = nn.Linear(dim, 2)
        self.state = None

    def forward(self, frame):
        self.state = self.cell(frame, self.state)  # expect: M003 cell
        return self.out(self.state)


def build():
    return Streaming(), (torch.randn(3, 6),)
