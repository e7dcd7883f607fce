"""The model returns a loss in training, and nothing at all in eval."""

import torch
import torch.nn.functional as F
from torch import nn


class LossInside(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(5, 10), nn.ReLU(), nn.Linear(10, 3))

    def forward(self, x, y=None):  # expect: A002
        logits = self.net(x)
        if self.training:
            return F.cross_entropy(logits, y)


def build():
    return LossInside(), (torch.randn(4, 5), torch.randint(0, 3, (4,)))
