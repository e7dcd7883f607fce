"""An import of what is not installed."""

import torch
from layers_that_nobody_has import Block  # expect: B001
from torch import nn


def build() -> nn.Module:
    return Block()


def example_inputs() -> torch.Tensor:
    return torch.randn(2, 4)
