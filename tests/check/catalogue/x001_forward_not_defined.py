"""`forward` is spelled `foward`: the module has none."""

import torch
from torch import nn


class Attention(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.score = nn.Linear(dim, 1)

    def foward(self, x):
        return (self.score(x).softmax(dim=1) * x).sum(dim=1)


class Reader(nn.Module):
    def __init__(self, dim=8):
        super().__init__()
        self.rnn = nn.GRU(dim, dim, batch_first=True)
        self.attention = Attention(dim)

    def forward(self, x):
        states, _ = self.rnn(x)
        return self.attention(states)  # expect: X001 attention


def build():
    return Reader(), (torch.randn(2, 5, 8),)
