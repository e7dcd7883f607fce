"""Forces as the gradient of an energy inside of `forward`, which is returned as well."""

import torch
from torch import nn


class Potential(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Sequential(nn.Linear(3, 16), nn.SiLU())
        self.energy = nn.Linear(16, 1)
        self.register_buffer("shift", torch.zeros(1))

    def forward(self, positions):
        positions = positions.requires_grad_(True)
        energy = self.energy(self.embed(positions)).sum()
        (slope,) = torch.autograd.grad(energy, positions, create_graph=True)
        return -slope


def build():
    return Potential(), (torch.randn(5, 3),)
