"""Two layers whose sizes were changed apart from each other."""

import torch
from torch import Tensor, nn


class Classifier(nn.Module):
    def __init__(self, hidden: int = 64) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Linear(20, hidden),
            nn.ReLU(),
            nn.Dropout(0.1),
        )
        self.head = nn.Linear(128, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.body(x))  # expect: S001 head


def build() -> nn.Module:
    return Classifier()


def example_inputs() -> Tensor:
    return torch.randn(4, 20)
