# check: select=N003 stats
"""Samples much alike through layers that keep channels apart: what is off in one is off in those behind it."""

import torch
from torch import nn


class Separable(nn.Module):
    def __init__(self, channels=128):
        super().__init__()
        self.stem = nn.Conv2d(3, channels, 3, bias=False)
        self.layers = nn.ModuleList(nn.Conv2d(channels, channels, 1, groups=channels, bias=False) for _ in range(4))
        self.norms = nn.ModuleList(nn.BatchNorm2d(channels) for _ in range(4))
        self.head = nn.Linear(channels, 2)

    def forward(self, image):
        x = self.stem(image).relu()
        for layer, norm in zip(self.layers, self.norms, strict=True):
            x = nn.functional.relu6(norm(layer(x)))
        return self.head(x.flatten(1))


def build():
    torch.manual_seed(0)
    return Separable(), (torch.randn(1, 3, 3, 3) + 0.01 * torch.randn(64, 3, 3, 3),)
