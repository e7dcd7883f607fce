"""A scale that is to be learned and that forward makes anew."""

import torch
from torch import nn


class Scaled(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(16, 8)

    def forward(self, x):
        scale = nn.Parameter(torch.ones(8))  # expect: P003
        return self.fc(x) * scale


def build():
    torch.manual_seed(0)
    return Scaled(), (torch.randn(4, 16),)
