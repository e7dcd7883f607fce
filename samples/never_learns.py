"""A model of which two parts never learn, and nothing says so: the encoder, and the blocks in a plain list."""

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Linear(32, 16)
        self.blocks = [nn.Linear(16, 16) for _ in range(3)]
        self.head = nn.Linear(16, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = torch.relu(self.encoder(x)).detach()
        for block in self.blocks:
            x = torch.relu(block(x))
        return self.head(x)


class Mended(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Linear(32, 16)
        self.blocks = nn.ModuleList(nn.Linear(16, 16) for _ in range(3))
        self.head = nn.Linear(16, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = torch.relu(self.encoder(x))
        for block in self.blocks:
            x = torch.relu(block(x))
        return self.head(x)


def build() -> nn.Module:
    return Net()


def build_mended() -> nn.Module:
    return Mended()


def example_inputs() -> torch.Tensor:
    return torch.randn(8, 32)
