"""Modules with two inputs in a Sequential, which hands on one."""

import torch
from torch import nn


class GraphConv(nn.Module):
    def __init__(self, cin, cout):
        super().__init__()
        self.lin = nn.Linear(cin, cout)

    def forward(self, x, adjacency):
        return torch.relu(adjacency @ self.lin(x))


class GCN(nn.Module):
    def __init__(self):
        super().__init__()
        self.convs = nn.Sequential(GraphConv(4, 8), GraphConv(8, 8))
        self.out = nn.Linear(8, 2)

    def forward(self, x, adjacency):
        return self.out(self.convs(x, adjacency))  # expect: A001 convs


def build():
    return GCN(), (torch.randn(5, 4), torch.eye(5))
