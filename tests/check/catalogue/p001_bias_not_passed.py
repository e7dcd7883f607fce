"""A linear layer of one's own: the bias exists, and is not handed to `F.linear`."""

import math

import torch
import torch.nn.functional as F
from torch import nn


class ScaledLinear(nn.Module):
    def __init__(self, fan_in, fan_out):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(fan_out, fan_in) / math.sqrt(fan_in))
        self.bias = nn.Parameter(torch.zeros(fan_out))  # expect: P001 hidden # expect: P001 out

    def forward(self, x):
        return F.linear(x, self.weight)


class Policy(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = ScaledLinear(6, 24)
        self.out = ScaledLinear(24, 2)

    def forward(self, state):
        return self.out(torch.tanh(self.hidden(state)))


def build():
    return Policy(), (torch.randn(4, 6),)
