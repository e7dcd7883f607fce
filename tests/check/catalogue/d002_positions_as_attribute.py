"""A table of positions that is neither parameter nor buffer."""

import torch
from torch import Tensor, nn


class Encoding(nn.Module):
    def __init__(self, length: int, size: int) -> None:
        super().__init__()
        self.table = torch.randn(length, size)  # expect: D002 encoding

    def forward(self, x: Tensor) -> Tensor:
        return x + self.table[: x.shape[1]]


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(10, 8)
        self.encoding = Encoding(16, 8)

    def forward(self, ids: Tensor) -> Tensor:
        return self.encoding(self.embedding(ids))


def build() -> nn.Module:
    return Net()


def example_inputs() -> Tensor:
    return torch.randint(0, 10, (2, 5))
