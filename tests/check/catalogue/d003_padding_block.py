"""A shortcut pads its channels with `torch.zeros`, made anew in each forward on the default device."""

import torch
from torch import nn


class PadShortcut(nn.Module):
    def __init__(self, extra):
        super().__init__()
        self.extra = extra

    def forward(self, x):
        b, _, h, w = x.shape
        zeros = torch.zeros(b, self.extra, h, w)  # expect: D003 shortcut
        return torch.cat([x, zeros], dim=1)


class WideningBlock(nn.Module):
    def __init__(self, cin=8, cout=12):
        super().__init__()
        self.conv = nn.Conv2d(cin, cout, 3, padding=1)
        self.shortcut = PadShortcut(cout - cin)

    def forward(self, x):
        return torch.relu(self.conv(x) + self.shortcut(x))


def build():
    return WideningBlock(), (torch.randn(2, 8, 6, 6),)
