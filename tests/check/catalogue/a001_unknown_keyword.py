"""A keyword that the layer does not know."""

import torch
from torch import Tensor, nn


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        out, _ = self.attention(x, x, x, mask=None)  # expect: A001 attention
        return out


def build() -> nn.Module:
    return Net()


def example_inputs() -> Tensor:
    return torch.randn(2, 5, 8)
