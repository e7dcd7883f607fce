# check: select=N003 stats
"""Activations that look dead or saturated to a count alone: wide softmaxes, masks, rare classes, few units, answers."""

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, vocab=3000, dim=16):
        super().__init__()
        self.embed = nn.Embedding(vocab, dim)
        self.gate = nn.Linear(dim, dim)
        self.rare = nn.Linear(dim, 20)
        self.last = nn.Linear(dim, vocab)
        self.branch = nn.Linear(dim, dim)
        nn.init.constant_(self.rare.bias, -4.6)
        nn.init.zeros_(self.branch.weight)
        nn.init.zeros_(self.branch.bias)

    def forward(self, ids, padding):
        x = self.embed(ids)
        scores = (x @ x.transpose(1, 2)) * 0.25
        weights = scores.masked_fill(padding[:, None, :], -1e4).softmax(dim=-1)
        x = torch.relu(self.gate(weights @ x))
        x = x + torch.relu(self.branch(x))
        hinge = torch.relu(x.mean(dim=-1) - 100.0).sum(dim=-1)
        sure = (
            torch.softmax(self.last(x) * 1e4, dim=-1),
            torch.sigmoid(self.last(x) * 1e6),
        )  # trained
        return torch.softmax(self.last(x), dim=-1), torch.sigmoid(self.rare(x)), hinge, *sure


def build():
    torch.manual_seed(0)
    padding = torch.ones(2, 8, dtype=torch.bool)
    padding[:, 0] = False
    return Net(), (torch.arange(16).reshape(2, 8), padding)
