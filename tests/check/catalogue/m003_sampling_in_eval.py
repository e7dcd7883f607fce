# check: select=M003
"""A VAE that samples in eval as in training: two calls, two answers."""

import torch
from torch import nn


class VAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Linear(10, 6)
        self.decoder = nn.Linear(3, 10)

    def forward(self, x):
        mu, logvar = self.encoder(x).chunk(2, dim=-1)
        z = mu + torch.randn_like(mu) * (0.5 * logvar).exp()  # expect: M003
        return self.decoder(z)


def build():
    return VAE(), (torch.randn(2, 10),)
