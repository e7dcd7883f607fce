"""Columns of an image as steps of a GRU that takes steps first, and is given the samples there."""

import torch
from torch import nn


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 16, 3, padding=1)
        self.rnn = nn.GRU(16, 32)
        self.letters = nn.Linear(32, 10)

    def forward(self, image):
        columns = self.conv(image).mean(dim=2).permute(0, 2, 1)
        out, _ = self.rnn(columns)  # expect: S003 rnn
        return self.letters(out)


def build():
    torch.manual_seed(0)
    return Reader(), (torch.randn(4, 1, 32, 64),)
