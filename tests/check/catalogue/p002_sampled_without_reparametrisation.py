"""A variational autoencoder that draws with `torch.normal`, through which nothing is learned."""

import torch
from torch import nn


class VAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.encode = nn.Linear(32, 16)
        self.mu = nn.Linear(16, 4)
        self.logvar = nn.Linear(16, 4)
        self.decode = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 32))

    def forward(self, x):
        h = torch.relu(self.encode(x))
        mu, logvar = self.mu(h), self.logvar(h)
        z = torch.normal(mu, torch.exp(0.5 * logvar))  # expect: P002
        return self.decode(z)


def build():
    return VAE(), (torch.randn(6, 32),)
