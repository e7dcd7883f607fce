"""The blocks were cast to bfloat16, the head was not."""

import torch
from torch import nn


class Detector(nn.Module):
    def __init__(self, dim=16):
        super().__init__()
        self.blocks = nn.Sequential(nn.Linear(dim, dim), nn.GELU(), nn.Linear(dim, dim))
        self.boxes = nn.Linear(dim, 4)

    def forward(self, x):
        h = self.blocks(x)
        return self.boxes(h)  # expect: D005 boxes


def build():
    model = Detector()
    model.blocks.to(torch.bfloat16)
    return model, (torch.randn(2, 16, dtype=torch.bfloat16),)
