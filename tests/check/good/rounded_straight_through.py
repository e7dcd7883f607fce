"""Rounding that gradients pass by: the rounded part is detached on purpose, and a fraction keeps the rest."""

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(8, 8)
        self.phase = nn.Linear(8, 8)

    def forward(self, x):
        levels = self.fc(x) * 4
        levels = levels + (levels.round() - levels).detach()
        turns = self.phase(x)
        return levels / 4 + (turns - turns.floor())


def build():
    return Net(), (torch.randn(3, 8),)
