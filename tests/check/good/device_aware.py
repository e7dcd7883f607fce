"""Everything that `forward` makes is made where the input is; constants are buffers."""

import math

import torch
from torch import nn


class DiffusionStep(nn.Module):
    def __init__(self, dim=16):
        super().__init__()
        self.register_buffer("betas", torch.linspace(1e-4, 0.02, 50))
        half = torch.arange(dim // 2)
        self.register_buffer("rates", torch.exp(-math.log(10000) * half / (dim // 2)), persistent=False)
        self.net = nn.Sequential(nn.Linear(dim + 4, 32), nn.SiLU(), nn.Linear(32, 4))

    def forward(self, x, t):
        angles = t[:, None] * self.rates
        emb = torch.cat([angles.sin(), angles.cos()], dim=-1)
        keep = (1 - self.betas).cumprod(0)[t].sqrt().unsqueeze(1)
        bias = torch.zeros(x.size(0), 1, device=x.device, dtype=x.dtype)
        positions = torch.arange(x.size(1), device=x.device) / x.size(1)
        return self.net(torch.cat([x * keep + positions, emb], dim=1)) + bias


def build():
    return DiffusionStep(), (torch.randn(3, 4), torch.tensor([0, 10, 49]))
