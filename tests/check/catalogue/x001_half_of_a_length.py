"""Half a length is a fraction in Python, and no size."""

import torch
from torch import nn


class Pairs(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(16, 8)

    def forward(self, x):
        batch, length, _ = x.shape
        return self.fc(x).view(batch, length / 2, 16)  # expect: X001


def build():
    torch.manual_seed(0)
    return Pairs(), (torch.randn(4, 10, 16),)
