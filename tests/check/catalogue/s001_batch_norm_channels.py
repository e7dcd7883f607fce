"""The convolution was widened, the batch norm behind it was not."""

import torch
from torch import nn


class Stage(nn.Module):
    def __init__(self, cin, cout):
        super().__init__()
        self.net = nn.Sequential(nn.Conv2d(cin, 2 * cout, 3, padding=1), nn.BatchNorm2d(cout), nn.ReLU())

    def forward(self, x):
        return self.net(x)  # expect: S001 stages.0.net.1


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stages = nn.ModuleList([Stage(3, 8), Stage(16, 16)])
        self.head = nn.Linear(32, 2)

    def forward(self, x):
        for stage in self.stages:
            x = stage(x)
        return self.head(x.mean(dim=(2, 3)))


def build():
    return Net(), (torch.randn(2, 3, 8, 8),)
