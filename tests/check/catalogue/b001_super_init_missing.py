"""`super().__init__()` was forgotten: the first layer cannot be assigned."""

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, dim=8):
        self.fc1 = nn.Linear(dim, 16)  # expect: B001
        self.fc2 = nn.Linear(16, 2)

    def forward(self, x):
        return self.fc2(torch.relu(self.fc1(x)))


def build():
    return Net(), (torch.randn(2, 8),)
