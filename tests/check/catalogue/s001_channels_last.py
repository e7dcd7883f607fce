"""An image as NumPy gives it, channels last, into a convolution."""

import torch
from torch import Tensor, nn


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = x / 255
        return self.conv(x).mean((2, 3))  # expect: S001 conv


def build() -> nn.Module:
    return Net()


def example_inputs() -> Tensor:
    return torch.rand(2, 32, 32, 3)
