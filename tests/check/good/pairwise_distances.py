# check: select=S002
"""Each with each, and meant: squared distances by a column that was kept, and by one that was written as one."""

import torch
from torch import nn


class Prototypes(nn.Module):
    def __init__(self, dim=6):
        super().__init__()
        self.embed = nn.Linear(10, dim)
        self.gain = nn.Linear(dim, 1)

    def forward(self, x, y):
        a, b = self.embed(x), self.embed(y)
        squares = a.pow(2).sum(dim=1, keepdim=True) + b.pow(2).sum(dim=1) - 2 * a @ b.t()
        gains = self.gain(a).squeeze(-1)
        return squares * (gains.unsqueeze(-1) - gains) + gains[:, None] * self.gain(b).view(-1)


def build():
    return Prototypes(), (torch.randn(5, 10), torch.randn(5, 10))
