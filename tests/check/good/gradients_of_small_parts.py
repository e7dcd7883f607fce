# check: select=G004 backward
"""Gradients that are small or zero and right: branches that begin at zero, biases before norms, a frozen stem."""

import torch
from torch import nn


class Block(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.norm = nn.LayerNorm(dim)
        self.up = nn.Linear(dim, 2 * dim)
        self.down = nn.Linear(2 * dim, dim)
        nn.init.zeros_(self.down.weight)
        nn.init.zeros_(self.down.bias)

    def forward(self, x):
        return x + self.down(torch.tanh(self.up(self.norm(x))))


class Net(nn.Module):
    def __init__(self, dim=16):
        super().__init__()
        self.stem = nn.Linear(8, dim).requires_grad_(False)
        self.bias = nn.Linear(dim, dim)
        self.norm = nn.BatchNorm1d(dim)
        self.blocks = nn.Sequential(*[Block(dim) for _ in range(12)])
        self.attention = nn.MultiheadAttention(dim, 2, batch_first=True)
        self.head = nn.Linear(dim, 3)

    def forward(self, x):
        x = self.blocks(self.norm(self.bias(self.stem(x))))
        x = x.unsqueeze(1)
        x = x + self.attention(x, x, x)[0]
        return self.head(x.squeeze(1))


def build():
    torch.manual_seed(0)
    return Net(), (torch.randn(8, 8),)
