"""A teacher without gradient beside a student: it is frozen, run under `no_grad`, and no fault."""

import copy

import torch
from torch import nn


class Byol(nn.Module):
    def __init__(self, dim=12):
        super().__init__()
        self.online = nn.Sequential(nn.Linear(dim, 16), nn.ReLU(), nn.Linear(16, 8))
        self.predictor = nn.Linear(8, 8)
        self.target = copy.deepcopy(self.online).requires_grad_(False)

    def forward(self, a, b):
        p = nn.functional.normalize(self.predictor(self.online(a)), dim=-1)
        with torch.no_grad():
            t = nn.functional.normalize(self.target(b), dim=-1)
        return 2 - 2 * (p * t).sum(dim=-1)


def build():
    return Byol(), (torch.randn(3, 12), torch.randn(3, 12))
