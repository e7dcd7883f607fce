"""Layers that go through sequences, with the steps where they take them, or through the samples on purpose."""

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 16, 3, padding=1)
        self.columns = nn.GRU(16, 16)
        self.rows = nn.LSTM(16, 16, batch_first=True)
        self.encoder = nn.TransformerEncoderLayer(16, 2, 32, dropout=0.0)
        self.across = nn.MultiheadAttention(16, 2)
        self.out = nn.Linear(16, 2)

    def forward(self, image):
        x = self.conv(image).mean(dim=2)
        x, _ = self.columns(x.permute(2, 0, 1))
        x, _ = self.rows(x.transpose(0, 1))
        x = self.encoder(x.transpose(0, 1))[-1]
        x = x.unsqueeze(1)
        x = self.across(x, x, x)[0][:, 0]  # the samples look at each other
        return self.out(x)


def build():
    torch.manual_seed(0)
    return Net(), (torch.randn(4, 1, 8, 12),)
