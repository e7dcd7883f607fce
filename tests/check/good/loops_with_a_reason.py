# check: select=R002
"""Loops over slices that are no single call: a state carried on, layers of their own, slices that differ, or few."""

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, dim=8):
        super().__init__()
        self.cell = nn.LSTMCell(dim, dim)
        self.experts = nn.ModuleList([nn.Linear(dim, dim) for _ in range(6)])
        self.shared = nn.Linear(dim, dim)
        self.qkv = nn.Linear(dim, 4 * dim)
        self.decay = nn.Parameter(torch.ones(6, dim))
        self.register_buffer("widths", torch.full((6,), 3))
        self.blocks = nn.ModuleList([nn.Linear(dim, dim) for _ in range(5)])

    def forward(self, x):
        h = c = x.new_zeros(x.size(0), x.size(2))
        states = []
        for t in range(x.size(1)):
            h, c = self.cell(x[:, t], (h, c))
            states.append(h)
        x = torch.stack(states, dim=1)
        x = torch.stack([layer(part) for layer, part in zip(self.experts, x.unbind(1), strict=True)], dim=1)
        q, k, v, gate = self.qkv(x).chunk(4, dim=-1)
        x = torch.sigmoid(gate) * (torch.softmax(q @ k.transpose(1, 2), dim=-1) @ v)
        total = x[:, 0]
        for t in range(x.size(1)):
            total = total * 0.5 + x[:, t]
        growing = [self.shared(x[:, : t + 1]).mean(dim=1) for t in range(x.size(1))]
        few = [self.shared(x[:, t]) for t in range(3)]
        chosen = []
        for row, decay in zip(x.unbind(1), self.decay, strict=True):
            chosen.append(row[row.sum(dim=-1).abs() >= 0].nonzero().float().sum() + decay.sum())
        crops = []
        for row, width in zip(x.unbind(1), self.widths, strict=True):
            crops.append((row * 2)[:, : int(width)].sum())
        for block in self.blocks:
            x = x + block(x)
        return x, total, torch.stack(crops), torch.stack(growing), torch.stack(few), torch.stack(chosen)


def build():
    return Net(), (torch.randn(2, 6, 8),)
