"""A model that works on the CPU and raises on the first GPU: `mean` is a plain tensor, which `.to()` leaves behind."""

import torch
from torch import nn


class Classifier(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.mean = torch.tensor([0.485, 0.456, 0.406]).view(3, 1, 1)
        self.conv = nn.Conv2d(3, 8, kernel_size=3)
        self.head = nn.Linear(8, 10)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        x = torch.relu(self.conv(image - self.mean))
        return self.head(x.mean(dim=(2, 3)))


class Mended(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor([0.485, 0.456, 0.406]).view(3, 1, 1))
        self.conv = nn.Conv2d(3, 8, kernel_size=3)
        self.head = nn.Linear(8, 10)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        x = torch.relu(self.conv(image - self.mean))
        return self.head(x.mean(dim=(2, 3)))


def build() -> nn.Module:
    return Classifier()


def build_mended() -> nn.Module:
    return Mended()


def example_inputs() -> torch.Tensor:
    return torch.rand(2, 3, 32, 32)
