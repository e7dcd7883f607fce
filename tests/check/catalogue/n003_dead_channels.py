# check: select=N003 stats
"""A norm before a ReLU6 whose bias was driven down: nearly all channels are off."""

import torch
from torch import nn
from torch.nn import functional as F


class Mobile(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 64, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(64)
        self.act = nn.ReLU6()
        self.head = nn.Conv2d(64, 2, 1)
        with torch.no_grad():
            self.norm.bias[4:] = -5.0

    def forward(self, x):
        h = self.act(self.norm(self.conv(x)))  # expect: N003 act
        return F.adaptive_avg_pool2d(self.head(h), 1).flatten(1)


def build():
    torch.manual_seed(0)
    return Mobile(), (torch.randn(2, 3, 8, 8),)
