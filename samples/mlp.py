"""A three-layer perceptron: each layer takes what the one before it gives."""

import torch
from torch import nn


class MLP(nn.Module):
    def __init__(self, input_size: int, hidden_size1: int, hidden_size2: int, output_size: int) -> None:
        super().__init__()
        self.layer1 = nn.Linear(input_size, hidden_size1)
        self.layer2 = nn.Linear(hidden_size1, hidden_size2)
        self.layer3 = nn.Linear(hidden_size2, output_size)
        self.relu = nn.ReLU()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.relu(self.layer1(x))
        x = self.relu(self.layer2(x))
        return self.layer3(x)


def build() -> nn.Module:
    return MLP(input_size=32, hidden_size1=16, hidden_size2=8, output_size=4)


def example_inputs() -> torch.Tensor:
    return torch.randn(1, 32)
