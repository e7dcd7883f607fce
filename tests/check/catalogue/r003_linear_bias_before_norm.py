# check: select=R003
"""A perceptron with BatchNorm1d, and biases that do nothing."""

import torch
from torch import nn


class Embedder(nn.Module):
    def __init__(self, dim=10, out=6):
        super().__init__()
        self.lift = nn.Linear(dim, 24)  # expect: R003 lift
        self.norm = nn.BatchNorm1d(24)
        self.out = nn.Linear(24, out)

    def forward(self, x):
        return self.out(torch.relu(self.norm(self.lift(x))))


def build():
    return Embedder(), (torch.randn(5, 10),)
