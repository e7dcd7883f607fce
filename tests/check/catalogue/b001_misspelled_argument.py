"""`in_channel` for `in_channels`."""

import torch
from torch import nn


class Stem(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.conv = nn.Conv2d(in_channel=3, out_channels=width, kernel_size=3)  # expect: B001
        self.norm = nn.BatchNorm2d(width)

    def forward(self, x):
        return torch.relu(self.norm(self.conv(x)))


def build():
    model = nn.Sequential(Stem(8), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 2))
    return model, (torch.randn(1, 3, 8, 8),)
