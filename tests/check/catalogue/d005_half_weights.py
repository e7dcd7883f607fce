"""Weights in half precision, an input in single precision."""

import torch
from torch import Tensor, nn


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(x)  # expect: D005 fc


def build() -> nn.Module:
    return Net().bfloat16()


def example_inputs() -> Tensor:
    return torch.randn(2, 4)
