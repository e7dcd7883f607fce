"""The blocks are in a ModuleList, but each block keeps its branches in a tuple."""

import torch
from torch import nn


class Inception(nn.Module):
    def __init__(self, cin, width):
        super().__init__()
        self.branches = (  # expect: P003 stages.0 # expect: P003 stages.1
            nn.Conv2d(cin, width, 1),
            nn.Conv2d(cin, width, 3, padding=1),
        )

    def forward(self, x):
        return torch.relu(torch.cat([branch(x) for branch in self.branches], dim=1))


class GoogLike(nn.Module):
    def __init__(self):
        super().__init__()
        self.stages = nn.ModuleList([Inception(3, 4), Inception(8, 6)])
        self.head = nn.Linear(12, 3)

    def forward(self, x):
        for stage in self.stages:
            x = stage(x)
        return self.head(x.mean(dim=(2, 3)))


def build():
    return GoogLike(), (torch.randn(2, 3, 12, 12),)
