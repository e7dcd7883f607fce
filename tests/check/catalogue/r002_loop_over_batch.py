# check: select=R002
"""The samples of a batch go through the encoder one after the other."""

import torch
from torch import nn


class SetEncoder(nn.Module):
    def __init__(self, dim=6, hidden=12):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(dim, hidden), nn.ReLU(), nn.Linear(hidden, hidden))
        self.head = nn.Linear(hidden, 2)

    def forward(self, batch):
        codes = []
        for sample in batch:
            codes.append(self.encoder(sample))  # expect: R002
        return self.head(torch.stack(codes))


def build():
    return SetEncoder(), (torch.randn(8, 5, 6),)
