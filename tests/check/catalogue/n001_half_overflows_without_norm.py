"""A deep stack in half precision with unit weights and no norm: it grows past 65504 and is infinite."""

import torch
from torch import nn


class Plain(nn.Module):
    def __init__(self, dim=64, depth=6):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(dim, dim) for _ in range(depth)])
        for layer in self.layers:
            nn.init.normal_(layer.weight)

    def forward(self, x):
        for layer in self.layers:
            x = torch.relu(layer(x))  # expect: N001 layers.5
        return x


def build():
    torch.manual_seed(0)
    return Plain().half(), (torch.randn(2, 64).half(),)
