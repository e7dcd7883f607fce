"""`one_hot` gives int64, and the linear layer after it wants floats."""

import torch
import torch.nn.functional as F
from torch import nn


class ConditionalGenerator(nn.Module):
    def __init__(self, latent=8, classes=5):
        super().__init__()
        self.classes = classes
        self.label = nn.Linear(classes, 8)
        self.net = nn.Sequential(nn.Linear(latent + 8, 32), nn.ReLU(), nn.Linear(32, 16))

    def forward(self, z, y):
        code = self.label(F.one_hot(y, self.classes))  # expect: D005 label
        return self.net(torch.cat([z, code], dim=1))


def build():
    return ConditionalGenerator(), (torch.randn(3, 8), torch.randint(0, 5, (3,)))
