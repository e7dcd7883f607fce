"""A detour over the CPU that forgets the way back; on a CPU nobody sees it."""
# check: assume_device=cuda

import torch
from torch import Tensor, nn


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)
        self.scale = nn.Parameter(torch.ones(4))

    def forward(self, x: Tensor) -> Tensor:
        order = self.fc(x).cpu().sort(dim=-1).values
        return order * self.scale  # expect: D001


def build() -> nn.Module:
    return Net()


def example_inputs() -> Tensor:
    return torch.randn(2, 4)
