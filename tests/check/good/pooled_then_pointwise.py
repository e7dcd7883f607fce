# check: select=S005
"""One pixel, as it should be: squeeze and excite with kernels of 1, and a head after global pooling."""

import torch
from torch import nn


class Gate(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.squeeze = nn.AdaptiveAvgPool2d(1)
        self.down = nn.Conv2d(width, 4, 1)
        self.up = nn.Conv2d(4, width, 1)

    def forward(self, x):
        return x * torch.sigmoid(self.up(torch.relu(self.down(self.squeeze(x)))))


def build():
    layers = (nn.Conv2d(3, 8, 3), Gate(8), nn.AdaptiveMaxPool2d(1), nn.Conv2d(8, 5, 1), nn.Upsample(scale_factor=2))
    return nn.Sequential(*layers, nn.Conv2d(5, 5, 2)), (torch.randn(2, 3, 16, 16),)
