# check: select=R002
"""Attention head by head in a Python loop over slices of one tensor."""

import torch
from torch import nn


class LoopedHeads(nn.Module):
    def __init__(self, dim=32, heads=8):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(dim, 3 * dim)
        self.proj = nn.Linear(dim, dim)

    def forward(self, x):
        b, t, _ = x.shape
        q, k, v = self.qkv(x).view(b, t, 3, self.heads, -1).permute(2, 3, 0, 1, 4)
        outs = []
        for h in range(self.heads):
            weights = torch.softmax(q[h] @ k[h].transpose(1, 2), dim=-1)  # expect: R002
            outs.append(weights @ v[h])
        return self.proj(torch.cat(outs, dim=-1))


def build():
    return LoopedHeads(), (torch.randn(2, 5, 32),)
