"""Attention to a memory that is wider than the queries, without a word of it to the layer."""

import torch
from torch import nn


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.attn = nn.MultiheadAttention(16, 2, batch_first=True)

    def forward(self, x, memory):
        return self.attn(x, memory, memory)[0]  # expect: S001 attn


def build():
    torch.manual_seed(0)
    return Reader(), (torch.randn(2, 6, 16), torch.randn(2, 9, 32))
