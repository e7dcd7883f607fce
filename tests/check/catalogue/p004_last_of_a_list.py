"""A loop that ends one too early."""

import torch
from torch import Tensor, nn


class Net(nn.Module):
    def __init__(self, depth: int = 3) -> None:
        super().__init__()
        self.depth = depth
        self.layers = nn.ModuleList([nn.Linear(8, 8) for _ in range(depth)])  # expect: P004 layers.2

    def forward(self, x: Tensor) -> Tensor:
        for place in range(self.depth - 1):
            x = torch.relu(self.layers[place](x))
        return x


def build() -> nn.Module:
    return Net()


def example_inputs() -> Tensor:
    return torch.randn(2, 8)
