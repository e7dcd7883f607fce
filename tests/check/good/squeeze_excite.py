"""Pooled to one pixel on purpose, gated, and multiplied back; biases only where no norm follows."""

import torch
from torch import nn


class MBConv(nn.Module):
    def __init__(self, dim=12, expand=3):
        super().__init__()
        wide = dim * expand
        self.widen = nn.Sequential(nn.Conv2d(dim, wide, 1, bias=False), nn.BatchNorm2d(wide), nn.SiLU(inplace=True))
        self.depth = nn.Sequential(
            nn.Conv2d(wide, wide, 3, padding=1, groups=wide, bias=False), nn.BatchNorm2d(wide), nn.SiLU(inplace=True)
        )
        self.gate = nn.Sequential(
            nn.AdaptiveAvgPool2d(1), nn.Conv2d(wide, 4, 1), nn.SiLU(), nn.Conv2d(4, wide, 1), nn.Sigmoid()
        )
        self.narrow = nn.Sequential(nn.Conv2d(wide, dim, 1, bias=False), nn.BatchNorm2d(dim))

    def forward(self, x):
        h = self.depth(self.widen(x))
        return x + self.narrow(h * self.gate(h))


def build():
    return nn.Sequential(MBConv(), MBConv()), (torch.randn(2, 12, 8, 8),)
