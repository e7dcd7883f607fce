# check: select=S005
"""Five poolings on 32 pixels: the last convolutions look at single pixels within their padding."""

import torch
from torch import nn


class Vgg(nn.Module):
    def __init__(self, widths=(8, 16, 16, 32, 32), classes=10):
        super().__init__()
        self.blocks = nn.ModuleList()
        channels = 3
        for width in widths:
            self.blocks.append(nn.Sequential(nn.Conv2d(channels, width, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)))
            channels = width
        self.refine = nn.Conv2d(channels, channels, 3, padding=1)
        self.head = nn.Linear(channels, classes)

    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        x = torch.relu(self.refine(x))  # expect: S005 refine
        return self.head(x.flatten(1))


def build():
    return Vgg(), (torch.randn(2, 3, 32, 32),)
