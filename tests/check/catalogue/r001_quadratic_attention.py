# check: select=R001 time
"""Pairwise distances of two thousand points, written out with all their features."""

import torch
from torch import nn


class PointNet(nn.Module):
    def __init__(self, dim=16):
        super().__init__()
        self.embed = nn.Linear(3, dim)
        self.out = nn.Linear(dim, 2)

    def forward(self, points):
        h = self.embed(points)
        gaps = torch.exp(h.unsqueeze(1) - h.unsqueeze(0))  # expect: R001
        return self.out(gaps.mean(dim=1))


def build():
    return PointNet(), (torch.randn(700, 3),)
