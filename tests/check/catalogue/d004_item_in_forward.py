# check: select=D004
"""A temperature is read with `.item()` in every call, and the GPU has to wait for it."""

import torch
from torch import nn


class Contrastive(nn.Module):
    def __init__(self, dim=10):
        super().__init__()
        self.project = nn.Sequential(nn.Linear(dim, 16), nn.ReLU(), nn.Linear(16, 8))
        self.register_buffer("temperature", torch.tensor(0.07))

    def forward(self, a, b):
        za = nn.functional.normalize(self.project(a), dim=-1)
        zb = nn.functional.normalize(self.project(b), dim=-1)
        return za @ zb.t() / self.temperature.item()  # expect: D004


def build():
    return Contrastive(), (torch.randn(4, 10), torch.randn(4, 10))
