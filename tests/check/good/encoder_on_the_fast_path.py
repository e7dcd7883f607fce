"""`nn.TransformerEncoder` in eval takes a fused path: its parts are never called, and all are used."""

import torch
from torch import nn


class Sentences(nn.Module):
    def __init__(self, vocab=60, dim=16, length=20):
        super().__init__()
        self.tokens = nn.Embedding(vocab, dim)
        self.positions = nn.Embedding(length, dim)
        layer = nn.TransformerEncoderLayer(dim, 4, 32, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.head = nn.Linear(dim, 3)

    def forward(self, ids):
        positions = torch.arange(ids.size(1), device=ids.device)
        x = self.tokens(ids) + self.positions(positions)
        return self.head(self.encoder(x).mean(dim=1))


def build():
    return Sentences(), (torch.randint(0, 60, (2, 11)),)
