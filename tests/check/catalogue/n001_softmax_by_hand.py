"""A softmax written out, without the maximum taken off: `exp` of a few hundred is infinite."""

import torch
from torch import nn


class EnergyModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.phi = nn.Linear(4, 16)
        self.energy = nn.Linear(16, 6)

    def forward(self, x):
        energy = self.energy(torch.relu(self.phi(x)))
        unnormalised = torch.exp(energy)  # expect: N001
        return unnormalised / unnormalised.sum(dim=-1, keepdim=True)


def build():
    torch.manual_seed(0)
    return EnergyModel(), (torch.randn(3, 4) * 5000,)
