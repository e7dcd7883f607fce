"""A Siamese network: one encoder with one set of weights looks at both images."""

import torch
from torch import nn
from torch.nn import functional as F


class Siamese(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, 8, 5, stride=2), nn.ReLU(), nn.Conv2d(8, 16, 5, stride=2), nn.ReLU(), nn.Flatten()
        )
        self.embed = nn.Linear(16 * 4 * 4, 32)

    def forward(self, left: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
        a = self.embed(self.encoder(left))
        b = self.embed(self.encoder(right))
        return F.cosine_similarity(a, b)


def build() -> nn.Module:
    return Siamese()


def example_inputs() -> tuple[torch.Tensor, torch.Tensor]:
    return torch.randn(2, 1, 28, 28), torch.randn(2, 1, 28, 28)
