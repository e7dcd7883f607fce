"""A forward with two arguments, and one is given."""

import torch
from torch import Tensor, nn


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:  # expect: A001
        return self.fc(x) * mask


def build() -> nn.Module:
    return Net()


def example_inputs() -> Tensor:
    return torch.randn(2, 4)
