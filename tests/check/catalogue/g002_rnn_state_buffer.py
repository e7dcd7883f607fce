# check: select=G002 backward
"""The states of a recurrence are written into one tensor, from which the next step reads."""

import torch
from torch import nn


class HandWrittenRNN(nn.Module):
    def __init__(self, dim=5, hidden=7):
        super().__init__()
        self.hidden = hidden
        self.inp = nn.Linear(dim, hidden)
        self.rec = nn.Linear(hidden, hidden)
        self.out = nn.Linear(hidden, 2)

    def forward(self, sequence):
        steps = sequence.size(0)
        states = sequence.new_zeros(steps + 1, self.hidden)
        for t in range(steps):
            states[t + 1] = torch.tanh(self.inp(sequence[t]) + self.rec(states[t]))  # expect: G002
        return self.out(states[-1])


def build():
    return HandWrittenRNN(), (torch.randn(4, 5),)
