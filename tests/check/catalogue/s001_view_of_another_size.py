"""A reshape with the numbers of another data set."""

import torch
from torch import Tensor, nn


class Decoder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(10, 784)

    def forward(self, z: Tensor) -> Tensor:
        x = self.fc(z)
        return x.view(-1, 3, 32, 32)  # expect: S001


def build() -> nn.Module:
    return Decoder()


def example_inputs() -> Tensor:
    return torch.randn(2, 10)
