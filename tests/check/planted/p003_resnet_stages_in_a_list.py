"""Squeeze-and-excitation blocks beside a ResNet's stages, kept in a plain list."""

import torch
from torch import nn

from tests.check.bodies.resnet import ResNet


class SqueezeExcite(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.fc1 = nn.Conv2d(channels, channels // 16, 1)
        self.fc2 = nn.Conv2d(channels // 16, channels, 1)

    def forward(self, x):
        s = x.mean(dim=(2, 3), keepdim=True)
        return x * torch.sigmoid(self.fc2(torch.relu(self.fc1(s))))


class SENet(ResNet):
    def __init__(self):
        super().__init__()
        self.excite = [SqueezeExcite(256 * 2**stage) for stage in range(4)]  # expect: P003

    def features(self, x):
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        for stage, excite in zip((self.layer1, self.layer2, self.layer3, self.layer4), self.excite, strict=True):
            x = excite(stage(x))
        return x


def build():
    return SENet(), (torch.randn(2, 3, 64, 64),)
