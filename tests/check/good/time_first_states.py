"""Time comes first, in the inputs too: what lies in the first dimension is no batch, though it looks like one."""

import torch
from torch import nn


class Forecast(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(8, 16, num_layers=2)
        self.out = nn.Linear(16, 2)

    def forward(self, series):
        out, (state, _) = self.lstm(series)
        return self.out(state[-1]) + self.out(out[-1]) + self.out(out.mean(dim=0))


def build():
    torch.manual_seed(0)
    return Forecast(), (torch.randn(10, 4, 8),)
