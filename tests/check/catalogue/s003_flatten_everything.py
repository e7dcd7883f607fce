"""`flatten()` without a start takes the batch along: one long vector for a whole batch."""

import torch
from torch import nn


class Pairwise(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(10, 16), nn.ReLU(), nn.Linear(16, 4))
        self.norm = nn.LayerNorm(4)

    def forward(self, x):
        z = self.norm(self.encoder(x))
        z = z.flatten()  # expect: S003
        return torch.tanh(z)


def build():
    return Pairwise(), (torch.randn(3, 10),)
