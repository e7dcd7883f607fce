"""The same two layers in an `nn.ModuleList`: the list only holds them, `forward` says how they run."""

import torch
from torch import nn


class TwoLayers(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(32, 16), nn.Linear(16, 4)])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for layer in self.layers[:-1]:
            x = torch.relu(layer(x))
        return self.layers[-1](x)


def build() -> nn.Module:
    return TwoLayers()


def example_inputs() -> torch.Tensor:
    return torch.randn(1, 32)
