"""`nn.MultiheadAttention` is called like a layer, with the sequence alone."""

import torch
from torch import nn


class Block(nn.Module):
    def __init__(self, dim=12):
        super().__init__()
        self.norm = nn.LayerNorm(dim)
        self.attn = nn.MultiheadAttention(dim, 3, batch_first=True)

    def forward(self, x):
        y, _ = self.attn(self.norm(x))  # expect: A001 attn
        return x + y


def build():
    return Block(), (torch.randn(2, 4, 12),)
