"""Results are gathered in a tensor that is written in place, slice by slice, and in one that `out=` fills."""

import torch
from torch import nn


class Unrolled(nn.Module):
    def __init__(self, dim=6):
        super().__init__()
        self.cell = nn.GRUCell(4, dim)
        self.gate = nn.Parameter(torch.zeros(dim))
        self.out = nn.Linear(dim, 2)

    def forward(self, x):
        states = x.new_zeros(x.size(0), x.size(1), 6)
        state = x.new_zeros(x.size(0), 6)
        for step in range(x.size(1)):
            state = self.cell(x[:, step], state)
            states[:, step] = state
        last = states[:, -1]
        last.mul_(self.gate.sigmoid())
        return self.out(states)


def build():
    return Unrolled(), (torch.randn(2, 3, 4),)
