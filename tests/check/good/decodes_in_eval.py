"""In eval the answer is decoded, to the words themselves or to plain arrays; what is learnt from comes in training."""

import torch
from torch import nn


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(20, 8)
        self.score = nn.Linear(8, 5)

    def forward(self, words):
        scores = self.score(self.embed(words))
        if self.training:
            return scores
        best = scores.detach().max(dim=-1)
        return best.values, best.indices


def build():
    return Tagger(), (torch.randint(0, 20, (2, 6)),)
