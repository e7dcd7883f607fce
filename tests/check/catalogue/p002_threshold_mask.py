"""A hard threshold: the comparison has no gradient, so the score that it reads never learns."""

import torch
from torch import nn


class TokenPruner(nn.Module):
    def __init__(self, dim=10):
        super().__init__()
        self.score = nn.Linear(dim, 1)
        self.mix = nn.Linear(dim, dim)

    def forward(self, tokens):
        importance = torch.sigmoid(self.score(tokens))
        keep = (importance > 0.5).float()  # expect: P002
        return self.mix(tokens * keep)


def build():
    return TokenPruner(), (torch.randn(2, 6, 10),)
