"""Stochastic depth in a ResNet-50 by a functional dropout that never asks for the mode."""

import torch
import torch.nn.functional as F

from tests.check.bodies.resnet import ResNet


class Net(ResNet):
    def forward(self, x):
        h = self.avgpool(self.features(x)).flatten(1)
        h = F.dropout(h, 0.2)  # expect: M001
        return self.fc(h)


def build():
    return Net(), (torch.randn(2, 3, 64, 64),)
