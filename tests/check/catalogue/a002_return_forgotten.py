"""The last line of `forward` computes the answer and forgets to return it."""

import torch
from torch import nn


class LogisticRegression(nn.Module):
    def __init__(self, features=6, classes=3):
        super().__init__()
        self.scale = nn.BatchNorm1d(features)
        self.linear = nn.Linear(features, classes)

    def forward(self, x):  # expect: A002
        x = self.scale(x)
        x = torch.log_softmax(self.linear(x), dim=1)


def build():
    return LogisticRegression(), (torch.randn(4, 6),)
