"""The constructor calls `.cuda()` without asking whether there is a GPU."""

import torch
from torch import nn


class Upsampler(nn.Module):
    def __init__(self, channels=4):
        super().__init__()
        self.conv = nn.Conv2d(3, channels, 3, padding=1)
        self.kernel = torch.ones(channels, 1, 2, 2, device="cuda:9999")  # expect: B001

    def forward(self, x):
        x = self.conv(x)
        return nn.functional.conv_transpose2d(x, self.kernel, stride=2, groups=x.size(1))


def build():
    return Upsampler(), (torch.randn(1, 3, 8, 8),)
