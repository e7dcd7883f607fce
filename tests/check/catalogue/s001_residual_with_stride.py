"""A residual block that halves the image on one branch only."""

import torch
from torch import Tensor, nn


class Block(nn.Module):
    def __init__(self, size: int, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(size, size, 3, stride, 1)
        self.conv2 = nn.Conv2d(size, size, 3, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        y = torch.relu(self.conv1(x))
        y = self.conv2(y)
        return torch.relu(x + y)  # expect: S001 blocks.1


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, padding=1)
        self.blocks = nn.Sequential(Block(8), Block(8, stride=2))

    def forward(self, x: Tensor) -> Tensor:
        return self.blocks(self.stem(x))


def build() -> nn.Module:
    return Net()


def example_inputs() -> Tensor:
    return torch.randn(2, 3, 16, 16)
