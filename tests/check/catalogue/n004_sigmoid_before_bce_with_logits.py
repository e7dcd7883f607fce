"""A sigmoid in the model and `BCEWithLogitsLoss` after it, which takes its own."""

import torch
from torch import nn


class Multilabel(nn.Module):
    def __init__(self, labels=5):
        super().__init__()
        self.features = nn.Sequential(nn.Linear(12, 24), nn.ReLU())
        self.out = nn.Linear(24, labels)
        self.criterion = nn.BCEWithLogitsLoss()

    def forward(self, x, target):
        scores = torch.sigmoid(self.out(self.features(x)))
        return self.criterion(scores, target)  # expect: N004 criterion


def build():
    return Multilabel(), (torch.randn(3, 12), torch.randint(0, 2, (3, 5)).float())
