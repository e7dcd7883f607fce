# check: select=M002
"""A forgotten debugging hook clamps what a layer gives."""

import torch
from torch import nn


def clamp_output(module, args, output):  # expect: M002 encoder.0
    return output.clamp(-1, 1)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(5, 10), nn.ReLU(), nn.Linear(10, 10))
        self.head = nn.Linear(10, 1)

    def forward(self, x):
        return self.head(self.encoder(x))


def build():
    model = Net()
    model.encoder[0].register_forward_hook(clamp_output)
    return model, (torch.randn(2, 5),)
