# check: select=S004
"""The initial hidden state is as wide as the batch size given to the constructor."""

import torch
from torch import nn


class Forecaster(nn.Module):
    def __init__(self, batch_size=4, features=3, hidden=16):
        super().__init__()
        self.batch_size, self.hidden = batch_size, hidden
        self.gru = nn.GRU(features, hidden, batch_first=True)
        self.out = nn.Linear(hidden, 1)

    def init_hidden(self, like):
        return like.new_zeros(1, self.batch_size, self.hidden)

    def forward(self, series):
        h0 = self.init_hidden(series)
        states, _ = self.gru(series, h0)  # expect: S004 gru
        return self.out(states[:, -1])


def build():
    return Forecaster(), (torch.randn(4, 30, 3),)
