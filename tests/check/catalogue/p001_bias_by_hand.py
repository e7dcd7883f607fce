"""The weight of a layer is used by hand, its bias is not."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Cosine(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(8, 4)  # expect: P001 fc

    def forward(self, x: Tensor) -> Tensor:
        return F.linear(F.normalize(x, dim=-1), F.normalize(self.fc.weight, dim=-1))


def build() -> nn.Module:
    return Cosine()


def example_inputs() -> Tensor:
    return torch.randn(2, 8)
