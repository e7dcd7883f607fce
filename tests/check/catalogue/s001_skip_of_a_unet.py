"""A U-Net on a size that is not a multiple of two: up and skip differ by one pixel."""

import torch
from torch import Tensor, nn


class UNet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.down = nn.Conv2d(1, 4, 3, padding=1)
        self.pool = nn.MaxPool2d(2)
        self.inner = nn.Conv2d(4, 4, 3, padding=1)
        self.up = nn.ConvTranspose2d(4, 4, 2, stride=2)
        self.out = nn.Conv2d(8, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        skip = self.down(x)
        y = self.up(self.inner(self.pool(skip)))
        y = torch.cat([skip, y], dim=1)  # expect: S001
        return self.out(y)


def build() -> nn.Module:
    return UNet()


def example_inputs() -> Tensor:
    return torch.randn(1, 1, 15, 15)
