# check: select=N001 stats
"""Infinity that is meant: masks, their logarithms, sentinels of a search, memory not written yet, scores of actions."""

import torch
from torch import nn


class Policy(nn.Module):
    def __init__(self, dim=8, actions=6):
        super().__init__()
        self.mix = nn.Linear(dim, 3 * dim)
        self.score = nn.Linear(dim, actions)
        self.register_buffer("causal", torch.full((4, 4), -torch.inf).triu(1))

    def forward(self, x, allowed):
        q, k, v = self.mix(x).chunk(3, dim=-1)
        weights = torch.softmax(q @ k.transpose(1, 2) + self.causal, dim=-1)
        prior = torch.softmax(self.score(v) + allowed.float().log(), dim=-1)
        h = torch.empty_like(v)
        h[:, :2] = (weights @ v)[:, :2]
        h[:, 2:] = v[:, 2:]
        gaps = torch.cdist(h, h).masked_fill(torch.eye(4, dtype=torch.bool), torch.inf)
        nearest = gaps.min(dim=-1).values
        scores = self.score(h).masked_fill(~allowed, -torch.inf)
        return scores, prior, nearest


def build():
    allowed = torch.tensor([True, True, False, True, False, True])
    return Policy(), (torch.randn(2, 4, 8), allowed)
