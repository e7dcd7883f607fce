"""One block in the third stage of a ResNet-50 adds its input detached, and its branch without gradient."""

import torch

from tests.check.bodies.resnet import Bottleneck, ResNet


class Frozen(Bottleneck):
    def forward(self, x):
        y = self.branch(x) + self.downsample(x)
        return self.relu(y.detach())  # expect: P002 layer3.0


class Net(ResNet):
    def block(self, width, stride):
        kind = Frozen if width == 256 and stride == 2 else Bottleneck
        return kind(self.channels, width, stride)


def build():
    return Net(), (torch.randn(2, 3, 64, 64),)
