"""A grouped convolution whose groups do not divide its channels."""

import torch
from torch import Tensor, nn


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 16, 3, groups=2)  # expect: B001

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(x)


def build() -> nn.Module:
    return Net()


def example_inputs() -> Tensor:
    return torch.randn(2, 3, 8, 8)
