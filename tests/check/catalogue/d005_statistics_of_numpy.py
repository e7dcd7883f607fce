"""Statistics that NumPy keeps in double precision, taken off a batch in single."""

import numpy as np
import torch
from torch import nn


class Normalised(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(6, 6)
        self.mean = np.linspace(0, 1, 6)

    def forward(self, x):
        x = x - torch.from_numpy(self.mean)
        return self.fc(x)  # expect: D005 fc


def build():
    return Normalised(), (torch.randn(3, 6),)
