# check: select=R003
"""Biases before batch norms that do something: the norm is of other channels, or not all results go there."""

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.along = nn.Linear(6, 5)
        self.steps = nn.BatchNorm1d(4)
        self.skip = nn.Conv1d(4, 4, 3, padding=1)
        self.skip_norm = nn.BatchNorm1d(4)
        self.active = nn.Conv1d(4, 4, 3, padding=1)
        self.active_norm = nn.BatchNorm1d(4)
        self.twice = nn.Conv1d(4, 4, 1)
        self.once_norm = nn.BatchNorm1d(4)
        self.none = nn.Conv1d(4, 4, 1, bias=False)
        self.none_norm = nn.BatchNorm1d(4)
        self.layer = nn.Conv1d(4, 4, 1)
        self.layer_norm = nn.LayerNorm(5)

    def forward(self, x):
        x = self.steps(self.along(x))
        y = self.skip(x)
        x = self.skip_norm(y) + y
        x = self.active_norm(torch.relu(self.active(x)))
        x = self.twice(self.once_norm(self.twice(x)))
        x = self.none_norm(self.none(x))
        return self.layer_norm(self.layer(x))


def build():
    return Net(), (torch.randn(2, 4, 6),)
