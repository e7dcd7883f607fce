"""The constructor has got a new argument, and `build` does not pass it."""

import torch
from torch import nn


class Head(nn.Module):
    def __init__(self, dim, classes):
        super().__init__()
        self.fc = nn.Linear(dim, classes)

    def forward(self, x):
        return self.fc(torch.relu(x))


def build():
    backbone = nn.Linear(6, 12)
    return nn.Sequential(backbone, Head(12)), (torch.randn(2, 6),)  # expect: B001
