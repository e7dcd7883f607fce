"""`BCELoss` without a sigmoid before it raises where a score lies beyond 0 and 1."""

import torch
from torch import nn
from torch.nn import functional as F


class Detector(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(16, 1)

    def forward(self, x, truth):
        return F.binary_cross_entropy(self.fc(x).squeeze(1), truth)  # expect: N004


def build():
    torch.manual_seed(0)
    return Detector(), (torch.randn(4, 16), torch.ones(4))
