"""A `detach` from a debugging session stayed between encoder and decoder."""

import torch
from torch import nn


class Autoencoder(nn.Module):
    def __init__(self, dim=20, code=5):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(dim, 12), nn.ReLU(), nn.Linear(12, code))
        self.decoder = nn.Sequential(nn.Linear(code, 12), nn.ReLU(), nn.Linear(12, dim))

    def forward(self, x):
        code = self.encoder(x)
        code = code.detach()  # expect: P002
        return self.decoder(code)


def build():
    return Autoencoder(), (torch.randn(4, 20),)
