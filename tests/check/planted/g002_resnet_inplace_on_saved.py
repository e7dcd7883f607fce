# check: select=G002 backward
"""A gate in each of the last blocks of a ResNet-50 is clamped in place after its sigmoid."""

import torch
from torch import nn

from tests.check.bodies.resnet import Bottleneck, ResNet


class Gated(Bottleneck):
    def __init__(self, channels, width, stride=1):
        super().__init__(channels, width, stride)
        self.gate = nn.Conv2d(width * self.expansion, 1, 1)

    def forward(self, x):
        y = self.branch(x)
        gate = torch.sigmoid(self.gate(y))
        gate += 0.1  # expect: G002 layer4.0 # expect: G002 layer4.1 # expect: G002 layer4.2
        return self.relu(gate * y + self.downsample(x))


class Net(ResNet):
    def block(self, width, stride):
        kind = Gated if width == 512 else Bottleneck
        return kind(self.channels, width, stride)


def build():
    return Net(), (torch.randn(2, 3, 64, 64),)
