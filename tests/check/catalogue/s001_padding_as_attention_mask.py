"""A mask of padding, which is samples by keys, where one of queries by keys is taken."""

import torch
from torch import nn


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.attn = nn.MultiheadAttention(16, 2, batch_first=True)

    def forward(self, x, padding):
        return self.attn(x, x, x, attn_mask=padding)[0]  # expect: S001 attn


def build():
    torch.manual_seed(0)
    return Encoder(), (torch.randn(2, 6, 16), torch.zeros(2, 6, dtype=torch.bool))
