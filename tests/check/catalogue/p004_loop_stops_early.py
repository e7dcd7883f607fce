"""`range(depth - 1)`: the last of the layers is built and never reached."""

import torch
from torch import nn


class GraphNet(nn.Module):
    def __init__(self, dim=8, depth=3):
        super().__init__()
        self.depth = depth
        self.input = nn.Linear(4, dim)
        self.layers = nn.ModuleList([nn.Linear(dim, dim) for _ in range(depth)])  # expect: P004 layers.2

    def forward(self, nodes, adjacency):
        h = self.input(nodes)
        for number in range(self.depth - 1):
            h = torch.relu(self.layers[number](adjacency @ h))
        return h


def build():
    return GraphNet(), (torch.randn(5, 4), torch.eye(5))
