"""Attention by hand: the heads are never transposed to the front, so a mask of tokens does not fit."""

import math

import torch
from torch import nn


class SelfAttention(nn.Module):
    def __init__(self, dim=48, heads=4):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(dim, 3 * dim)
        self.proj = nn.Linear(dim, dim)

    def forward(self, x, mask):
        b, t, d = x.shape
        q, k, v = self.qkv(x).chunk(3, dim=-1)
        q = q.view(b, t, self.heads, d // self.heads)
        k = k.view(b, t, self.heads, d // self.heads)
        v = v.view(b, t, self.heads, d // self.heads)
        scores = q @ k.transpose(-2, -1) / math.sqrt(d // self.heads)
        scores = scores.masked_fill(mask == 0, float("-inf"))  # expect: S001 layers.0
        out = scores.softmax(dim=-1) @ v
        return self.proj(out.reshape(b, t, d))


class Encoder(nn.Module):
    def __init__(self, depth=2):
        super().__init__()
        self.layers = nn.ModuleList([SelfAttention() for _ in range(depth)])

    def forward(self, x, mask):
        for layer in self.layers:
            x = x + layer(x, mask)
        return x


def build():
    return Encoder(), (torch.randn(2, 10, 48), torch.tril(torch.ones(10, 10)))
