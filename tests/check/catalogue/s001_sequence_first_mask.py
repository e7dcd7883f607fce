"""`batch_first` was forgotten: the padding mask is `[batch, time]`, the layer reads the batch as time."""

import torch
from torch import nn


class Encoder(nn.Module):
    def __init__(self, vocab=40, dim=16):
        super().__init__()
        self.embed = nn.Embedding(vocab, dim)
        self.attention = nn.MultiheadAttention(dim, 4)
        self.norm = nn.LayerNorm(dim)

    def forward(self, ids):
        x = self.embed(ids)
        y, _ = self.attention(x, x, x, key_padding_mask=ids == 0)  # expect: S001 attention
        return self.norm(x + y)


def build():
    return Encoder(), (torch.randint(0, 40, (2, 7)),)
