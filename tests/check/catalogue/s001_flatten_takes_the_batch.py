"""`torch.flatten` without a first dimension makes one row of the whole batch."""

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding=1)
        self.fc = nn.Linear(8 * 16 * 16, 10)

    def forward(self, x):
        x = torch.flatten(torch.relu(self.conv(x)))
        return self.fc(x)  # expect: S001 fc


def build():
    torch.manual_seed(0)
    return Net(), (torch.randn(4, 3, 16, 16),)
