"""A dropout and a batch norm are built, `forward` uses neither."""

import torch
import torch.nn.functional as F
from torch import nn


class MnistNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 10, 5)
        self.bn1 = nn.BatchNorm2d(10)  # expect: P004 bn1
        self.drop = nn.Dropout2d()  # expect: P004 drop
        self.fc1 = nn.Linear(1440, 10)

    def forward(self, x):
        x = F.relu(F.max_pool2d(self.conv1(x), 2))
        x = F.dropout(x, training=self.training)
        return self.fc1(torch.flatten(x, 1))


def build():
    return MnistNet(), (torch.randn(2, 1, 28, 28),)
