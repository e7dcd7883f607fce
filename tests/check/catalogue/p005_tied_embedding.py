# check: select=P005
"""The output layer takes the weight of the embedding: meant, and worth to be told."""

import torch
from torch import nn


class TiedLM(nn.Module):
    def __init__(self, vocab=24, dim=12):
        super().__init__()
        self.embedding = nn.Embedding(vocab, dim)
        self.rnn = nn.GRU(dim, dim, batch_first=True)
        self.decoder = nn.Linear(dim, vocab, bias=False)
        self.decoder.weight = self.embedding.weight  # expect: P005 decoder

    def forward(self, tokens):
        states, _ = self.rnn(self.embedding(tokens))
        return self.decoder(states)


def build():
    return TiedLM(), (torch.randint(0, 24, (2, 5)),)
