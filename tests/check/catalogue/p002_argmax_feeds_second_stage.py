"""The first stage hands hard labels to the second: no gradient passes an `argmax`."""

import torch
from torch import nn


class TwoStage(nn.Module):
    def __init__(self, words=12, tags=5):
        super().__init__()
        self.tagger = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, tags))
        self.tag_embedding = nn.Embedding(tags, 6)
        self.parser = nn.Linear(6, 3)

    def forward(self, words):
        tag_scores = self.tagger(words)
        tags = tag_scores.argmax(dim=-1)  # expect: P002
        return self.parser(self.tag_embedding(tags))


def build():
    return TwoStage(), (torch.randn(2, 7, 8),)
