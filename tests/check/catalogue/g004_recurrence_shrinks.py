# check: select=G004 backward
"""A recurrence over fifty steps with a small recurrent weight; only the last state is read, so the first forget."""

import torch
from torch import nn


class LongMemory(nn.Module):
    def __init__(self, hidden=12):
        super().__init__()
        self.start = nn.Linear(3, hidden)  # expect: G004 start
        self.step = nn.Linear(hidden, hidden)
        self.read = nn.Linear(hidden, 2)
        nn.init.orthogonal_(self.step.weight, gain=0.4)

    def forward(self, context):
        h = torch.tanh(self.start(context))
        for _ in range(30):
            h = torch.tanh(self.step(h))
        return self.read(h)


def build():
    torch.manual_seed(0)
    return LongMemory(), (torch.randn(4, 3),)
