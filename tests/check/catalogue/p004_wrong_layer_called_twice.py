"""Copy and paste: `forward` calls `conv2` twice, and `conv3` never."""

import torch
from torch import nn


class Backbone(nn.Module):
    def __init__(self, width=12):
        super().__init__()
        self.conv1 = nn.Conv2d(3, width, 3, padding=1)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1)
        self.conv3 = nn.Conv2d(width, width, 3, padding=1)  # expect: P004 conv3
        self.fc = nn.Linear(width, 10)

    def forward(self, x):
        x = torch.relu(self.conv1(x))
        x = torch.relu(self.conv2(x))
        x = torch.relu(self.conv2(x))
        return self.fc(x.mean(dim=(2, 3)))


def build():
    return Backbone(), (torch.randn(2, 3, 16, 16),)
