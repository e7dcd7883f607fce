# check: select=D004
"""What Python asks here it knows without the device: sizes, kinds, and a mask that is written through."""

import torch
from torch import nn


class Padded(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(8, 8)
        self.steps = torch.tensor([1, 2, 4])

    def forward(self, x):
        if x.shape[0] > 1 and x.is_floating_point() and x.numel():
            x = x.clone()
            x[x < 0] = 0.0
        for step in self.steps.tolist():
            x = x + torch.where(x > step, self.fc(x), x)
        return x


def build():
    return Padded(), (torch.randn(3, 8),)
