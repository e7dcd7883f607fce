"""One feature of the table never varies: its deviation is zero, and zero by zero is no number."""

import torch
from torch import nn


class TabularNet(nn.Module):
    def __init__(self, features=5):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(features, 12), nn.ReLU())
        self.out = nn.Linear(12, 1)

    def forward(self, table):
        centred = table - table.mean(dim=0)
        scaled = centred / table.std(dim=0)  # expect: N001
        return self.out(self.body(scaled))


def build():
    table = torch.randn(6, 5)
    table[:, 2] = 1.0
    return TabularNet(), (table,)
