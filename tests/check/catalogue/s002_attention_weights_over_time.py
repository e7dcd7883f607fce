# check: select=S002
"""Scores of one per sample weigh a value of one per sample: a sum of `[B]` and `[B, 1]` grows to `[B, B]`."""

import torch
from torch import nn


class Rating(nn.Module):
    def __init__(self, users=30, items=40, dim=8):
        super().__init__()
        self.user = nn.Embedding(users, dim)
        self.item = nn.Embedding(items, dim)
        self.user_bias = nn.Embedding(users, 1)
        self.item_bias = nn.Embedding(items, 1)

    def forward(self, users, items):
        match = (self.user(users) * self.item(items)).sum(dim=1)
        rating = match + self.user_bias(users)  # expect: S002
        return rating + self.item_bias(items)


def build():
    return Rating(), (torch.randint(0, 30, (6,)), torch.randint(0, 40, (6,)))
