# check: assume_device=cuda
"""The hidden state of an LSTM is made with `torch.zeros` alone: input on the GPU, state on the CPU."""

import torch
from torch import nn


class Translator(nn.Module):
    def __init__(self, vocab=50, dim=12, hidden=20):
        super().__init__()
        self.hidden = hidden
        self.embed = nn.Embedding(vocab, dim)
        self.rnn = nn.LSTM(dim, hidden, batch_first=True)
        self.out = nn.Linear(hidden, vocab)

    def forward(self, tokens):
        h0 = torch.zeros(1, tokens.size(0), self.hidden)  # expect: D003
        c0 = torch.zeros(1, tokens.size(0), self.hidden)  # expect: D003
        states, _ = self.rnn(self.embed(tokens), (h0, c0))  # expect: D001 rnn
        return self.out(states)


def build():
    return Translator(), (torch.randint(0, 50, (2, 8)),)
