# check: select=X001 backward
"""A function with a backward of its own that multiplies shapes which do not fit; forward is fine."""

import torch
from torch import nn


class Scale(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, factor):
        ctx.save_for_backward(x, factor)
        return x * factor

    @staticmethod
    def backward(ctx, grad):
        x, factor = ctx.saved_tensors
        return grad * factor @ x, (grad * x).sum()  # expect: X001


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)
        self.factor = nn.Parameter(torch.ones(()))

    def forward(self, x):
        return Scale.apply(self.fc(x), self.factor)


def build():
    return Net(), (torch.randn(3, 4),)
