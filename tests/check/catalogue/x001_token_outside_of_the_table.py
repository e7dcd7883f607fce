"""A vocabulary that is smaller than the tokens that are looked up in it."""

import torch
from torch import Tensor, nn


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(100, 8)

    def forward(self, ids: Tensor) -> Tensor:
        return self.embedding(ids).mean(1)  # expect: X001 embedding


def build() -> nn.Module:
    return Net()


def example_inputs() -> Tensor:
    return torch.tensor([[1, 5, 100]])
