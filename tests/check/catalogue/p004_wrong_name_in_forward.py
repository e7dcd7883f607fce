"""A copied line: the second layer runs twice, the third never."""

import torch
from torch import Tensor, nn


class MLP(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc1 = nn.Linear(8, 8)
        self.fc2 = nn.Linear(8, 8)
        self.fc3 = nn.Linear(8, 8)  # expect: P004 fc3

    def forward(self, x: Tensor) -> Tensor:
        x = torch.relu(self.fc1(x))
        x = torch.relu(self.fc2(x))
        return self.fc2(x)


def build() -> nn.Module:
    return MLP()


def example_inputs() -> Tensor:
    return torch.randn(2, 8)
