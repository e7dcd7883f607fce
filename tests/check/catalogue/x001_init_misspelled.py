"""`_init_` with one underscore is never called: there are no layers."""

import torch
from torch import nn


class Decoder(nn.Module):
    def _init_(self):
        super().__init__()
        self.fc1 = nn.Linear(4, 8)
        self.fc2 = nn.Linear(8, 2)

    def forward(self, z):
        return self.fc2(torch.relu(self.fc1(z)))  # expect: X001 decoder


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Linear(6, 4)
        self.decoder = Decoder()

    def forward(self, x):
        return self.decoder(self.encoder(x))


def build():
    return Model(), (torch.randn(2, 6),)
