"""One score a sample, in a column of its own, and labels without one."""

import torch
from torch import nn
from torch.nn import functional as F


class Detector(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(16, 1)

    def forward(self, x, truth):
        return F.binary_cross_entropy_with_logits(self.fc(x), truth)  # expect: S001


def build():
    torch.manual_seed(0)
    return Detector(), (torch.randn(4, 16), torch.ones(4))
