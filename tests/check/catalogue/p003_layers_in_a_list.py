"""Hidden layers in a Python list: `parameters()` does not know them, and the optimizer never sees them."""

import torch
from torch import nn


class DeepMLP(nn.Module):
    def __init__(self, dim=16, depth=3, classes=4):
        super().__init__()
        self.stem = nn.Linear(8, dim)
        self.hidden = [nn.Linear(dim, dim) for _ in range(depth)]  # expect: P003
        self.head = nn.Linear(dim, classes)

    def forward(self, x):
        x = torch.relu(self.stem(x))
        for layer in self.hidden:
            x = torch.relu(layer(x))
        return self.head(x)


def build():
    return DeepMLP(), (torch.randn(2, 8),)
