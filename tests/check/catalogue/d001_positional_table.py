# check: assume_device=cuda
"""Positional encoding as a plain attribute: `model.cuda()` leaves it behind."""

import math

import torch
from torch import nn


class PositionalEncoding(nn.Module):
    def __init__(self, dim, length=64):
        super().__init__()
        position = torch.arange(length).unsqueeze(1)
        rate = torch.exp(torch.arange(0, dim, 2) * (-math.log(10000.0) / dim))
        table = torch.zeros(length, dim)
        table[:, 0::2] = torch.sin(position * rate)
        table[:, 1::2] = torch.cos(position * rate)
        self.table = table  # expect: D002 position

    def forward(self, x):
        return x + self.table[: x.size(1)]  # expect: D001 position


class TextEncoder(nn.Module):
    def __init__(self, vocab=80, dim=16):
        super().__init__()
        self.tokens = nn.Embedding(vocab, dim)
        self.position = PositionalEncoding(dim)
        self.layer = nn.TransformerEncoderLayer(dim, 2, 32, batch_first=True)

    def forward(self, ids):
        return self.layer(self.position(self.tokens(ids)))


def build():
    return TextEncoder(), (torch.randint(0, 80, (2, 9)),)
