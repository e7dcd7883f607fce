"""The logarithm of a ReLU: where it is zero, minus infinity comes out."""

import torch
from torch import nn


class LogIntensity(nn.Module):
    def __init__(self, dim=8):
        super().__init__()
        self.enc = nn.Linear(dim, 16)
        self.rate = nn.Linear(16, dim)

    def forward(self, x):
        h = torch.tanh(self.enc(x))
        intensity = torch.relu(self.rate(h))
        return torch.log(intensity)  # expect: N001


def build():
    torch.manual_seed(0)
    return LogIntensity(), (torch.randn(4, 8),)
