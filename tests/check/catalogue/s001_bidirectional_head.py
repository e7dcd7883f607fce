"""The LSTM was made bidirectional, and the head still expects one direction."""

import torch
from torch import nn


class Tagger(nn.Module):
    def __init__(self, vocab=60, dim=24, hidden=20, tags=7):
        super().__init__()
        self.words = nn.Embedding(vocab, dim)
        self.encoder = nn.LSTM(dim, hidden, batch_first=True, bidirectional=True)
        self.dropout = nn.Dropout(0.3)
        self.to_tags = nn.Linear(hidden, tags)

    def forward(self, sentence):
        states, _ = self.encoder(self.words(sentence))
        return self.to_tags(self.dropout(states))  # expect: S001 to_tags


def build():
    return Tagger(), (torch.randint(0, 60, (3, 9)),)
