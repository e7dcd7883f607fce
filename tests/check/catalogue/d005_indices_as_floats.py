"""Token ids that a loader made floats of."""

import torch
from torch import Tensor, nn


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(10, 8)
        self.head = nn.Linear(8, 2)

    def forward(self, ids: Tensor) -> Tensor:
        return self.head(self.embedding(ids).mean(1))  # expect: D005 embedding


def build() -> nn.Module:
    return Net()


def example_inputs() -> Tensor:
    return torch.tensor([[1.0, 2.0, 3.0]])
