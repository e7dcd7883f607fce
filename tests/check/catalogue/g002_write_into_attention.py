# check: select=G002 backward
"""The attention of padded keys is set to zero after the softmax, by writing into its result."""

import torch
from torch import nn


class PooledAttention(nn.Module):
    def __init__(self, dim=8):
        super().__init__()
        self.key = nn.Linear(dim, dim)
        self.query = nn.Parameter(torch.randn(dim))
        self.value = nn.Linear(dim, dim)

    def forward(self, tokens, padding):
        scores = self.key(tokens) @ self.query
        weights = scores.softmax(dim=1)
        weights[padding] = 0.0  # expect: G002
        return (weights.unsqueeze(-1) * self.value(tokens)).sum(dim=1)


def build():
    padding = torch.tensor([[False, False, True], [False, True, True]])
    return PooledAttention(), (torch.randn(2, 3, 8), padding)
