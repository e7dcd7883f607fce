"""A key that the dict of features has not."""

import torch
from torch import Tensor, nn


class Neck(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, features: dict[str, Tensor]) -> Tensor:
        return self.fc(features["layer4"])  # expect: X001 neck


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Linear(4, 4)
        self.neck = Neck()

    def forward(self, x: Tensor) -> Tensor:
        return self.neck({"layer3": self.stem(x)})


def build() -> nn.Module:
    return Net()


def example_inputs() -> Tensor:
    return torch.randn(2, 4)
