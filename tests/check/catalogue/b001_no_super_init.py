"""The constructor of nn.Module is not called."""

import torch
from torch import Tensor, nn


class Net(nn.Module):
    def __init__(self) -> None:
        self.fc = nn.Linear(4, 4)  # expect: B001

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(x)


def build() -> nn.Module:
    return Net()


def example_inputs() -> Tensor:
    return torch.randn(2, 4)
