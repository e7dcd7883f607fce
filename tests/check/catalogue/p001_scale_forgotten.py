"""A parameter that was introduced with the layer and forgotten in forward."""

import torch
from torch import Tensor, nn


class Block(nn.Module):
    def __init__(self, size: int) -> None:
        super().__init__()
        self.fc = nn.Linear(size, size)
        self.gamma = nn.Parameter(torch.ones(size))  # expect: P001 blocks.0 # expect: P001 blocks.1

    def forward(self, x: Tensor) -> Tensor:
        return x + self.fc(x)


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.blocks = nn.ModuleList([Block(8) for _ in range(2)])

    def forward(self, x: Tensor) -> Tensor:
        for block in self.blocks:
            x = block(x)
        return x


def build() -> nn.Module:
    return Net()


def example_inputs() -> Tensor:
    return torch.randn(2, 8)
