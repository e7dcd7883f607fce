"""An LSTM in a Sequential: the next layer is given the tuple."""

import torch
from torch import nn


class Forecast(nn.Module):
    def __init__(self):
        super().__init__()
        self.lift = nn.Linear(3, 8)
        self.net = nn.Sequential(nn.LSTM(8, 16, batch_first=True), nn.Linear(16, 1))

    def forward(self, series):
        return self.net(torch.relu(self.lift(series)))  # expect: X001 net.1


def build():
    return Forecast(), (torch.randn(2, 10, 3),)
