# check: select=G002 backward
"""A gate's sigmoid is scaled in place, and the sigmoid's backward needs what it had given."""

import torch
from torch import nn


class SqueezeExcite(nn.Module):
    def __init__(self, channels=8):
        super().__init__()
        self.reduce = nn.Conv2d(channels, 4, 1)
        self.expand = nn.Conv2d(4, channels, 1)

    def forward(self, x):
        s = x.mean(dim=(2, 3), keepdim=True)
        s = torch.relu(self.reduce(s))
        gate = torch.sigmoid(self.expand(s))
        gate.mul_(2.0)  # expect: G002 se
        return x * gate


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding=1)
        self.se = SqueezeExcite(8)

    def forward(self, image):
        return self.se(self.conv(image))


def build():
    return Net(), (torch.randn(2, 3, 8, 8),)
