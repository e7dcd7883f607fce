"""Attention takes masks of bool, or floats that it adds; a tokenizer gives integers."""

import torch
from torch import nn


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.attn = nn.MultiheadAttention(16, 2, batch_first=True)

    def forward(self, x, padding):
        return self.attn(x, x, x, key_padding_mask=padding)[0]  # expect: D005 attn


def build():
    torch.manual_seed(0)
    return Encoder(), (torch.randn(2, 6, 16), torch.zeros(2, 6, dtype=torch.int64))
