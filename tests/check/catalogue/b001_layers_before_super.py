"""Layers are made before `super().__init__()` is called."""

import torch
from torch import nn


class Base(nn.Module):
    def __init__(self):
        super().__init__()
        self.out = nn.Linear(8, 2)


class Derived(Base):
    def __init__(self):
        self.hidden = nn.Linear(4, 8)  # expect: B001
        super().__init__()

    def forward(self, x):
        return self.out(torch.relu(self.hidden(x)))


def build():
    return Derived(), (torch.randn(2, 4),)
