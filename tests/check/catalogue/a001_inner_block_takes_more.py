"""A block in a Sequential that needs a second argument, which Sequential does not give."""

import torch
from torch import Tensor, nn


class Conditioned(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x: Tensor, time: Tensor) -> Tensor:
        return self.fc(x) + time


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Linear(4, 4), Conditioned())

    def forward(self, x: Tensor) -> Tensor:
        return self.body(x)  # expect: A001 body.1


def build() -> nn.Module:
    return Net()


def example_inputs() -> Tensor:
    return torch.randn(2, 4)
