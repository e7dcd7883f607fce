"""Weights of a loss inside the model, kept as an ordinary tensor in a submodule."""

import torch
import torch.nn.functional as F
from torch import nn


class WeightedLoss(nn.Module):
    def __init__(self, counts):
        super().__init__()
        self.weight = 1.0 / torch.tensor(counts, dtype=torch.float32)  # expect: D002 loss

    def forward(self, logits, labels):
        return F.cross_entropy(logits, labels, weight=self.weight)


class Trainable(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(6, 12), nn.ReLU(), nn.Linear(12, 3))
        self.loss = WeightedLoss([120, 30, 7])

    def forward(self, x, labels):
        return self.loss(self.net(x), labels)


def build():
    return Trainable(), (torch.randn(4, 6), torch.randint(0, 3, (4,)))
