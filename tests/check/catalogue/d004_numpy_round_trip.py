# check: select=D004
"""A median filter by NumPy in the middle of the model."""

import numpy as np
import torch
from torch import nn


class Smoother(nn.Module):
    def __init__(self):
        super().__init__()
        self.before = nn.Linear(12, 12)
        self.after = nn.Linear(12, 12)

    def forward(self, signal):
        h = self.before(signal)
        weights = np.hanning(12).astype("float32")
        level = float(np.median(h.detach().cpu().numpy()))  # expect: D004
        return self.after((h - level) * torch.as_tensor(weights, device=h.device))


def build():
    return Smoother(), (torch.randn(2, 12),)
