"""Labels that begin with 1: the last of them is none of the classes."""

import torch
from torch import nn
from torch.nn import functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(16, 5)

    def forward(self, x, labels):
        return F.cross_entropy(self.fc(x), labels)  # expect: X001


def build():
    torch.manual_seed(0)
    return Net(), (torch.randn(5, 16), torch.arange(1, 6))
