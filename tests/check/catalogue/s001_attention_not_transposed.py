"""Scores of an attention without the transpose of the keys."""

import torch
from torch import Tensor, nn


class Attention(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.query = nn.Linear(16, 16)
        self.key = nn.Linear(16, 16)
        self.value = nn.Linear(16, 16)

    def forward(self, x: Tensor) -> Tensor:
        q, k, v = self.query(x), self.key(x), self.value(x)
        scores = torch.softmax(q @ k / 4.0, dim=-1)  # expect: S001
        return scores @ v


def build() -> nn.Module:
    return Attention()


def example_inputs() -> Tensor:
    return torch.randn(2, 5, 16)
