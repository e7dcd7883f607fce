# check: select=G004 backward
"""The distance of a point to itself is zero, and the slope of the root there is infinite: forward is fine."""

import torch
from torch import nn


class Distances(nn.Module):
    def __init__(self, dim=6):
        super().__init__()
        self.embed = nn.Linear(3, dim)  # expect: G004 embed
        self.out = nn.Linear(4, 2)

    def forward(self, points):
        h = self.embed(points)
        gaps = h.unsqueeze(2) - h.unsqueeze(1)
        return self.out(gaps.pow(2).sum(dim=-1).sqrt())


def build():
    return Distances(), (torch.randn(2, 4, 3),)
