"""Messages along edges: the first dimension is of nodes, and no batch."""

import torch
from torch import nn


class SageConv(nn.Module):
    def __init__(self, cin, cout):
        super().__init__()
        self.own = nn.Linear(cin, cout)
        self.neighbours = nn.Linear(cin, cout, bias=False)

    def forward(self, x, edges):
        source, target = edges
        total = x.new_zeros(x.shape).index_add(0, target, x[source])
        degree = x.new_zeros(x.size(0)).index_add(0, target, x.new_ones(source.size(0)))
        return self.own(x) + self.neighbours(total / degree.clamp(min=1).unsqueeze(1))


class GraphSage(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = SageConv(5, 12)
        self.conv2 = SageConv(12, 3)

    def forward(self, x, edges):
        return self.conv2(torch.relu(self.conv1(x, edges)), edges)


def build():
    edges = torch.tensor([[0, 1, 2, 3, 4, 0], [1, 2, 3, 4, 5, 2]])
    return GraphSage(), (torch.randn(6, 5), edges)
