"""The second half lies on another device, and nothing moves the data there."""

import torch
from torch import Tensor, nn


class Split(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(4, 4)
        self.second = nn.Linear(4, 2, device="meta")

    def forward(self, x: Tensor) -> Tensor:
        x = torch.relu(self.first(x))
        return self.second(x)  # expect: D001 second


def build() -> nn.Module:
    return Split()


def example_inputs() -> Tensor:
    return torch.randn(2, 4)
