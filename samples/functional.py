"""The same network twice: with modules from `torch.nn`, and with functions from `torch.nn.functional`."""

import torch
from torch import nn
from torch.nn import functional as F


class WithModules(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 8, kernel_size=3, padding=1)
        self.relu = nn.ReLU()
        self.pool = nn.MaxPool2d(2)
        self.linear = nn.Linear(8 * 8 * 8, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.pool(self.relu(self.conv(x)))
        return self.linear(torch.flatten(x, 1))


class WithFunctions(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.kernel = nn.Parameter(torch.randn(8, 3, 3, 3) * 0.1)
        self.kernel_bias = nn.Parameter(torch.zeros(8))
        self.weight = nn.Parameter(torch.randn(10, 8 * 8 * 8) * 0.1)
        self.bias = nn.Parameter(torch.zeros(10))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = F.max_pool2d(F.relu(F.conv2d(x, self.kernel, self.kernel_bias, padding=1)), 2)
        return F.linear(torch.flatten(x, 1), self.weight, self.bias)


def build() -> nn.Module:
    return WithModules()


def build_functional() -> nn.Module:
    """The second network with the weights of the first."""
    modules, functions = WithModules(), WithFunctions()
    with torch.no_grad():
        functions.kernel.copy_(modules.conv.weight)
        functions.kernel_bias.copy_(modules.conv.bias)
        functions.weight.copy_(modules.linear.weight)
        functions.bias.copy_(modules.linear.bias)
    return functions


def example_inputs() -> torch.Tensor:
    return torch.randn(1, 3, 16, 16)
