"""A vision transformer with a class token more than it has positions."""

import torch
from torch import nn


class ViT(nn.Module):
    def __init__(self, size=32, patch=8, dim=24):
        super().__init__()
        self.patch = nn.Conv2d(3, dim, patch, patch)
        self.cls = nn.Parameter(torch.zeros(1, 1, dim))
        self.pos = nn.Parameter(torch.zeros(1, (size // patch) ** 2, dim))
        self.head = nn.Linear(dim, 10)

    def forward(self, images):
        x = self.patch(images).flatten(2).transpose(1, 2)
        x = torch.cat([self.cls.expand(len(x), -1, -1), x], 1)
        x = x + self.pos  # expect: S001
        return self.head(x[:, 0])


def build():
    return ViT(), (torch.randn(2, 3, 32, 32),)
