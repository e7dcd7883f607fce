"""A U-Net on images whose height cannot be halved twice: what comes up is one row short of what went down."""

import torch
from torch import nn


def block(inputs, outputs):
    return nn.Sequential(nn.Conv2d(inputs, outputs, 3, padding=1), nn.BatchNorm2d(outputs), nn.ReLU())


class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.down1, self.down2 = block(1, 8), block(8, 16)
        self.middle = block(16, 32)
        self.up = nn.ConvTranspose2d(32, 16, 2, stride=2)
        self.out = block(32, 16)
        self.pool = nn.MaxPool2d(2)

    def forward(self, x):
        a = self.down1(x)
        b = self.down2(self.pool(a))
        c = self.middle(self.pool(b))
        return self.out(torch.cat([self.up(c), b], 1))  # expect: S001


def build():
    return UNet(), (torch.randn(2, 1, 50, 50),)
