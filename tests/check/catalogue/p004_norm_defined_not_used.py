"""A final norm that every transformer has, defined and never applied."""

import torch
from torch import nn


class Decoder(nn.Module):
    def __init__(self, vocab=32, dim=16, depth=2):
        super().__init__()
        self.embed = nn.Embedding(vocab, dim)
        self.layers = nn.ModuleList(
            [nn.TransformerEncoderLayer(dim, 4, 32, batch_first=True, norm_first=True) for _ in range(depth)]
        )
        self.final_norm = nn.LayerNorm(dim)  # expect: P004 final_norm
        self.lm_head = nn.Linear(dim, vocab)

    def forward(self, ids):
        x = self.embed(ids)
        for layer in self.layers:
            x = layer(x)
        return self.lm_head(x)


def build():
    return Decoder(), (torch.randint(0, 32, (1, 6)),)
