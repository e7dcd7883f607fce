"""Positions by `torch.arange` without a device: right on the CPU alone."""

import torch
from torch import nn


class TinyGPT(nn.Module):
    def __init__(self, vocab=40, dim=16, context=32):
        super().__init__()
        self.tok = nn.Embedding(vocab, dim)
        self.pos = nn.Embedding(context, dim)
        self.ln = nn.LayerNorm(dim)
        self.head = nn.Linear(dim, vocab, bias=False)

    def forward(self, idx):
        positions = torch.arange(idx.size(1))  # expect: D003
        x = self.tok(idx) + self.pos(positions)
        return self.head(self.ln(x))


def build():
    return TinyGPT(), (torch.randint(0, 40, (2, 10)),)
