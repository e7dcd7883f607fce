"""Noise that is made wherever the default is."""

import torch
from torch import Tensor, nn


class Noisy(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        x = self.fc(x)
        noise = torch.randn(x.shape)  # expect: D003
        return x + 0.1 * noise


def build() -> nn.Module:
    return Noisy()


def example_inputs() -> Tensor:
    return torch.randn(2, 4)
