"""Token ids came through a float tensor: an embedding takes integers."""

import torch
from torch import nn


class Recommender(nn.Module):
    def __init__(self, items=30, dim=8):
        super().__init__()
        self.items = nn.Embedding(items, dim)
        self.mlp = nn.Sequential(nn.Linear(dim, 16), nn.ReLU(), nn.Linear(16, items))

    def forward(self, history):
        profile = self.items(history).mean(dim=1)  # expect: D005 items
        return self.mlp(profile)


def build():
    return Recommender(), (torch.tensor([[3.0, 7.0, 1.0], [2.0, 2.0, 9.0]]),)
