"""One trunk and several heads in an `nn.ModuleDict`: one output for each name."""

import torch
from torch import nn


class Heads(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(32, 64), nn.GELU())
        self.heads = nn.ModuleDict({"age": nn.Linear(64, 1), "city": nn.Linear(64, 10), "price": nn.Linear(64, 1)})

    def forward(self, x: torch.Tensor) -> dict[str, torch.Tensor]:
        features = self.trunk(x)
        return {name: head(features) for name, head in self.heads.items()}


def build() -> nn.Module:
    return Heads()


def example_inputs() -> torch.Tensor:
    return torch.randn(4, 32)
