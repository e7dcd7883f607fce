"""An LSTM as it comes takes the steps first; the last of what it thinks are samples is taken for the last step."""

import torch
from torch import nn


class Sentiment(nn.Module):
    def __init__(self, words=100):
        super().__init__()
        self.embed = nn.Embedding(words, 8)
        self.lstm = nn.LSTM(8, 16)
        self.out = nn.Linear(16, 2)

    def forward(self, tokens):
        out, _ = self.lstm(self.embed(tokens))  # expect: S003 lstm
        return self.out(out[:, -1])


def build():
    torch.manual_seed(0)
    return Sentiment(), (torch.randint(0, 100, (4, 10)),)
