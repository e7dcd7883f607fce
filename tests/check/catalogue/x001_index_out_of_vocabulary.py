"""A token beyond the vocabulary: the tokenizer was extended, the embedding was not."""

import torch
from torch import nn


class Chat(nn.Module):
    def __init__(self, vocab=100, dim=8):
        super().__init__()
        self.embed = nn.Embedding(vocab, dim)
        self.norm = nn.LayerNorm(dim)
        self.head = nn.Linear(dim, vocab)

    def forward(self, ids):
        x = self.embed(ids)  # expect: X001 embed
        return self.head(self.norm(x))


def build():
    return Chat(), (torch.tensor([[5, 17, 100]]),)
