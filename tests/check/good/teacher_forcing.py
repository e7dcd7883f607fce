"""A decoder that feeds each word to the next step: a loop over time that no single call replaces."""

import torch
from torch import nn


class Decoder(nn.Module):
    def __init__(self, vocab=30, dim=12):
        super().__init__()
        self.embed = nn.Embedding(vocab, dim)
        self.cell = nn.GRUCell(dim, dim)
        self.out = nn.Linear(dim, vocab)

    def forward(self, context, first, steps=5):
        h, word, logits = context, first, []
        for _ in range(steps):
            h = self.cell(self.embed(word), h)
            step = self.out(h)
            logits.append(step)
            word = step.argmax(dim=-1)
        return torch.stack(logits, dim=1)


def build():
    return Decoder(), (torch.randn(2, 12), torch.tensor([1, 1]))
