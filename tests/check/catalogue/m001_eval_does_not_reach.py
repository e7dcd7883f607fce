"""An override of `train` keeps one batch norm in training for ever: eval takes the statistics of the batch."""

import torch
from torch import nn


class StickyNorm(nn.BatchNorm1d):
    def train(self, mode=True):
        return super().train(True)


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(6, 12)
        self.norm = StickyNorm(12)  # expect: M001 norm
        self.drop = nn.Dropout(0.2)
        self.fc2 = nn.Linear(12, 2)

    def forward(self, x):
        return self.fc2(self.drop(torch.relu(self.norm(self.fc1(x)))))


def build():
    return Encoder(), (torch.randn(5, 6),)
