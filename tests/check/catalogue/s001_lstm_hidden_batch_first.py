"""The initial state is laid out batch first, as the input is; the LSTM wants layers first in any case."""

import torch
from torch import nn


class SentimentLSTM(nn.Module):
    def __init__(self, vocab=100, emb=16, hidden=32, layers=2):
        super().__init__()
        self.hidden, self.layers = hidden, layers
        self.embedding = nn.Embedding(vocab, emb)
        self.lstm = nn.LSTM(emb, hidden, num_layers=layers, batch_first=True)
        self.fc = nn.Linear(hidden, 1)

    def forward(self, tokens):
        emb = self.embedding(tokens)
        h0 = emb.new_zeros(tokens.size(0), self.layers, self.hidden)
        c0 = emb.new_zeros(tokens.size(0), self.layers, self.hidden)
        out, _ = self.lstm(emb, (h0, c0))  # expect: S001 lstm
        return self.fc(out[:, -1])


def build():
    return SentimentLSTM(), (torch.randint(0, 100, (4, 12)),)
