"""Rotary positions, made in `forward` where the input is, from rates in a buffer that is not a part of the state."""

import torch
from torch import nn


class Rotary(nn.Module):
    def __init__(self, dim=8):
        super().__init__()
        self.register_buffer("rates", 10000 ** (-torch.arange(0, dim, 2) / dim), persistent=False)

    def forward(self, x):
        angles = torch.outer(torch.arange(x.size(-2), device=x.device).float(), self.rates)
        cos, sin = angles.cos().repeat(1, 2), angles.sin().repeat(1, 2)
        left, right = x.chunk(2, dim=-1)
        return x * cos + torch.cat([-right, left], dim=-1) * sin


class Attention(nn.Module):
    def __init__(self, dim=16, heads=2):
        super().__init__()
        self.heads = heads
        self.rotary = Rotary(dim // heads)
        self.q, self.k, self.v, self.o = (nn.Linear(dim, dim, bias=False) for _ in range(4))

    def forward(self, x):
        b, t, d = x.shape
        q, k, v = (layer(x).view(b, t, self.heads, -1).transpose(1, 2) for layer in (self.q, self.k, self.v))
        y = nn.functional.scaled_dot_product_attention(self.rotary(q), self.rotary(k), v, is_causal=True)
        return self.o(y.transpose(1, 2).reshape(b, t, d))


def build():
    return Attention(), (torch.randn(2, 7, 16),)
