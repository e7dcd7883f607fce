"""Features straight from NumPy are float64, and the weights are float32."""

import numpy as np
import torch
from torch import nn


class Housing(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(8, 16)
        self.fc2 = nn.Linear(16, 1)

    def forward(self, x):
        h = torch.relu(self.fc1(x))  # expect: D005 fc1
        return self.fc2(h)


def build():
    table = np.random.default_rng(0).normal(size=(4, 8))
    return Housing(), (torch.from_numpy(table),)
