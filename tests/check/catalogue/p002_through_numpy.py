"""An operation that torch seemed to lack was done in NumPy; the gradient does not come back from there."""

import numpy as np
import torch
from torch import nn


class MedianHead(nn.Module):
    def __init__(self, dim=9):
        super().__init__()
        self.embed = nn.Linear(4, dim)
        self.out = nn.Linear(1, 2)

    def forward(self, x):
        h = torch.tanh(self.embed(x))
        middle = np.median(h.detach().numpy(), axis=1, keepdims=True)  # expect: P002
        return self.out(torch.from_numpy(middle).to(h.dtype))


def build():
    return MedianHead(), (torch.randn(3, 4),)
