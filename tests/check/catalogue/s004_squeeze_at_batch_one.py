# check: select=S004
"""`squeeze()` without a dimension: right for any batch but that of one sample."""

import torch
from torch import nn


class ReIdentification(nn.Module):
    def __init__(self, people=12):
        super().__init__()
        self.conv = nn.Sequential(nn.Conv2d(3, 16, 3, stride=2), nn.ReLU(), nn.Conv2d(16, 32, 3, stride=2), nn.ReLU())
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.bottleneck = nn.Linear(32, 24)
        self.classifier = nn.Linear(24, people)

    def forward(self, crops):
        x = self.pool(self.conv(crops))
        x = torch.squeeze(x)  # expect: S004
        return self.classifier(torch.relu(self.bottleneck(x)))


def build():
    return ReIdentification(), (torch.randn(4, 3, 32, 16),)
