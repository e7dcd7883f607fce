"""Two devices: the second half lies on the `meta` device, which every machine has; `--color-by device` shows it."""

import torch
from torch import nn


class TwoDevices(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Sequential(nn.Linear(32, 64), nn.ReLU())
        self.second = nn.Sequential(nn.Linear(64, 64, device="meta"), nn.ReLU(), nn.Linear(64, 4, device="meta"))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.second(self.first(x).to("meta"))


def build() -> nn.Module:
    return TwoDevices()


def example_inputs() -> torch.Tensor:
    return torch.randn(2, 32)
