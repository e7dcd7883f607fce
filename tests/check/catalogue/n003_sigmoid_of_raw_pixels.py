# check: select=N003 stats
"""Images of 0 to 255 that no one scaled: every sigmoid is at one of its ends."""

import torch
from torch import nn


class Gate(nn.Module):
    def __init__(self):
        super().__init__()
        self.flat = nn.Flatten()
        self.gate = nn.Linear(64, 16)
        self.out = nn.Linear(16, 2)
        nn.init.normal_(self.gate.weight)

    def forward(self, pixels):
        g = torch.sigmoid(self.gate(self.flat(pixels)))  # expect: N003
        return self.out(g)


def build():
    torch.manual_seed(0)
    return Gate(), (torch.randint(0, 256, (8, 1, 8, 8)).float(),)
