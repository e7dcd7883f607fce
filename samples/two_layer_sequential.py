"""A two-layer network as `nn.Sequential`: the layers run in the order in which they are listed."""

import torch
from torch import nn


def build() -> nn.Module:
    return nn.Sequential(nn.Linear(32, 16), nn.ReLU(), nn.Linear(16, 4))


def example_inputs() -> torch.Tensor:
    return torch.randn(1, 32)
