"""A U-Net whose attention gates are built, one for each level, and which joins without them."""

import torch
from torch import nn

from tests.check.bodies.unet import UNet, Up


class Gate(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.score = nn.Conv2d(channels, 1, 1)

    def forward(self, x):
        return x * torch.sigmoid(self.score(x))


class GatedUp(Up):
    def __init__(self, channels):
        super().__init__(channels)
        self.gate = Gate(channels // 2)  # expect: P004 ups.0.gate # expect: P004 ups.1.gate


class AttentionUNet(UNet):
    def up(self, channels):
        return GatedUp(channels)


def build():
    return AttentionUNet(depth=2), (torch.randn(1, 3, 64, 64),)
