"""A plain list of modules that are registered as well: for iteration, and no fault."""

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 8, 3, padding=1)
        self.conv2 = nn.Conv2d(8, 8, 3, padding=1)
        self.head = nn.Linear(8, 3)
        self.order = [self.conv1, self.conv2]
        self.names = {"first": self.conv1}

    def forward(self, x):
        for conv in self.order:
            x = torch.relu(conv(x))
        return self.head(x.mean(dim=(2, 3)))


def build():
    return Net(), (torch.randn(2, 3, 8, 8),)
