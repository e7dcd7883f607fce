# check: select=R001 time
"""Nearly all the time goes into one layer, which flattened a large map."""

import torch
from torch import nn


class Heavy(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(1, 4, 3, padding=1)
        self.pool = nn.AvgPool2d(2)
        self.projection = nn.Linear(4 * 32 * 32, 2048)
        self.head = nn.Linear(2048, 4)

    def forward(self, x):
        x = self.pool(torch.relu(self.stem(x)))
        x = self.projection(x.flatten(1))  # expect: R001 projection
        return self.head(torch.relu(x))


def build():
    return Heavy(), (torch.randn(16, 1, 64, 64),)
