# check: train
"""An auxiliary head that is called in training alone, as in GoogLeNet."""

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8), nn.ReLU())
        self.body = nn.Sequential(nn.Conv2d(8, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU())
        self.head = nn.Linear(16, 4)
        self.aux = nn.Linear(8, 4)

    def forward(self, x):
        low = self.stem(x)
        out = self.head(self.body(low).mean(dim=(2, 3)))
        if self.training:
            return out, self.aux(low.mean(dim=(2, 3)))
        return out


def build():
    return Net().train(), (torch.randn(4, 3, 8, 8),)
