"""A ResNet-50 whose head was written for a ResNet-18: 512 features for 2048."""

import torch
from torch import nn

from tests.check.bodies.resnet import ResNet


class Fine(ResNet):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(512, 10)

    def forward(self, x):
        x = self.avgpool(self.features(x)).flatten(1)
        return self.fc(x)  # expect: S001 fc


def build():
    return Fine(), (torch.randn(2, 3, 64, 64),)
