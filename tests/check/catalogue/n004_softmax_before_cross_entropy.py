"""The network ends in a softmax, and the loss within it takes another."""

import torch
import torch.nn.functional as F
from torch import nn


class SoftNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(10, 24), nn.ReLU(), nn.Linear(24, 5))
        self.softmax = nn.Softmax(dim=1)

    def forward(self, x, y):
        probabilities = self.softmax(self.body(x))
        loss = F.cross_entropy(probabilities, y)  # expect: N004
        return loss, probabilities


def build():
    return SoftNet(), (torch.randn(4, 10), torch.randint(0, 5, (4,)))
