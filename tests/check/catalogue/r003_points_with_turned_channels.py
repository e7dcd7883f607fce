# check: select=R003
"""Features of points are turned for BatchNorm1d and back: the bias before it is still one of its channels."""

import torch
from torch import nn


class PointLayer(nn.Module):
    def __init__(self, dim, out):
        super().__init__()
        self.lift = nn.Linear(dim, out)  # expect: R003 first.lift # expect: R003 second.lift
        self.norm = nn.BatchNorm1d(out)

    def forward(self, points):
        h = self.lift(points)
        return torch.relu(self.norm(h.transpose(1, 2)).transpose(1, 2))


class PointNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = PointLayer(3, 16)
        self.second = PointLayer(16, 16)
        self.out = nn.Linear(16, 4)

    def forward(self, points):
        return self.out(self.second(self.first(points)).amax(dim=1))


def build():
    return PointNet(), (torch.randn(2, 10, 3),)
