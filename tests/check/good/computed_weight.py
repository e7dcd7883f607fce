"""Weights that a hook computes before each call are plain tensors with a gradient, as weight norm keeps them."""

import warnings

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self.conv = nn.utils.weight_norm(nn.Conv1d(3, 4, 3))
            self.fc = nn.utils.spectral_norm(nn.Linear(4, 2))
        self.last = None

    def forward(self, x):
        self.last = self.conv(x)
        return self.fc(self.last.mean(dim=2))


def build():
    return Net(), (torch.randn(2, 3, 8),)
