# check: train
"""A batch of one image in training: pooled to one pixel, there is nothing to take a variance of."""

import torch
from torch import nn


class PyramidPooling(nn.Module):
    def __init__(self, channels=8):
        super().__init__()
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.conv = nn.Conv2d(channels, channels, 1, bias=False)
        self.bn = nn.BatchNorm2d(channels)

    def forward(self, x):
        context = torch.relu(self.bn(self.conv(self.pool(x))))  # expect: S001 context.bn
        return x + context


class Segmenter(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, padding=1)
        self.context = PyramidPooling()
        self.head = nn.Conv2d(8, 2, 1)

    def forward(self, image):
        return self.head(self.context(self.stem(image)))


def build():
    return Segmenter(), (torch.randn(1, 3, 12, 12),)
