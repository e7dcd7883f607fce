"""A head that only a function beside the class calls, and only in training."""

import torch
from torch import nn


def with_auxiliary(model, features):
    logits = model.classify(features)
    if model.training:
        return logits, model.auxiliary(features)
    return logits


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.encode = nn.Linear(8, 16)
        self.classify = nn.Linear(16, 3)
        self.auxiliary = nn.Linear(16, 3)

    def forward(self, x):
        return with_auxiliary(self, torch.relu(self.encode(x)))


def build():
    return Net()


def example_inputs():
    return (torch.randn(4, 8),)
