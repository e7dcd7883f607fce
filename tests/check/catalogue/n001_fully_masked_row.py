"""A row of attention in which every key is masked: softmax of nothing but minus infinity."""

import torch
from torch import nn


class Attention(nn.Module):
    def __init__(self, dim=8):
        super().__init__()
        self.q = nn.Linear(dim, dim)
        self.kv = nn.Linear(dim, 2 * dim)
        self.o = nn.Linear(dim, dim)

    def forward(self, x, keep):
        k, v = self.kv(x).chunk(2, dim=-1)
        scores = self.q(x) @ k.transpose(1, 2)
        scores = scores.masked_fill(~keep.unsqueeze(1), -torch.inf)
        weights = torch.softmax(scores, dim=-1)  # expect: N001
        return self.o(weights @ v)


def build():
    keep = torch.tensor([[True, True, False], [False, False, False]])
    return Attention(), (torch.randn(2, 3, 8), keep)
