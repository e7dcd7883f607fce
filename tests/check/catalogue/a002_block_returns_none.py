"""A block without `return` in the middle of a model: the next layer is given None."""

import torch
from torch import nn


class DownBlock(nn.Module):
    def __init__(self, cin, cout):
        super().__init__()
        self.conv = nn.Conv2d(cin, cout, 3, stride=2, padding=1)
        self.norm = nn.GroupNorm(2, cout)

    def forward(self, x):  # expect: A002 down1
        x = self.norm(self.conv(x))
        x = torch.relu(x)


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.down1 = DownBlock(3, 8)
        self.down2 = DownBlock(8, 16)

    def forward(self, x):
        x = self.down1(x)
        return self.down2(x)


def build():
    return Encoder(), (torch.randn(1, 3, 16, 16),)
