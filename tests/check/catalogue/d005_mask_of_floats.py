"""A causal mask of ones and zeros, as `tril` makes it of floats."""

import torch
from torch import nn


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.q, self.k = nn.Linear(16, 16), nn.Linear(16, 16)

    def forward(self, x):
        hidden = torch.triu(torch.ones(x.size(1), x.size(1), device=x.device), 1)
        scores = self.q(x) @ self.k(x).transpose(1, 2) / 4
        return scores.masked_fill(hidden, float("-inf")).softmax(dim=-1) @ x  # expect: D005


def build():
    torch.manual_seed(0)
    return Attention(), (torch.randn(2, 6, 16),)
