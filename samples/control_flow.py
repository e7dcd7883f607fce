"""Control flow that depends on data: the picture shows the way that this input took."""

import torch
from torch import nn


class Router(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.large = nn.Linear(16, 16)
        self.small = nn.Linear(16, 16)
        self.refine = nn.Linear(16, 16)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.large(x) if x.sum() > 0 else self.small(x)
        steps = 0
        while x.norm() > 1 and steps < 4:
            x = self.refine(x) * 0.5
            steps += 1
        return x


def build() -> nn.Module:
    torch.manual_seed(0)
    return Router()


def example_inputs() -> torch.Tensor:
    return torch.ones(2, 16)
