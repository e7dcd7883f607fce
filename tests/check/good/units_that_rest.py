# check: select=N003 stats
"""Rectifiers of which most units are zero, for good reasons: few samples, and numbers that are no units."""

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, dim=128):
        super().__init__()
        self.stem = nn.Conv2d(3, dim, 3, stride=2, bias=False)
        self.up = nn.Linear(dim, 512)
        self.down = nn.Linear(512, dim)
        self.centres = nn.Parameter(torch.linspace(0, 30, 64))
        self.margin = nn.Linear(dim, 1)
        nn.init.normal_(self.up.weight, std=dim**-0.5)
        nn.init.constant_(self.up.bias, -1.3)  # as trained weights are: one unit in ten is on

    def forward(self, image):
        x = self.stem(image).relu()
        x = nn.functional.layer_norm(x.flatten(1), (128,))
        x = self.down(torch.relu(self.up(x)))
        near = torch.relu(1.0 - (self.margin(x) - self.centres).abs())  # most centres are far from everything
        return x, near


def build():
    torch.manual_seed(0)
    return Net(), (torch.randn(4, 3, 3, 3),)
