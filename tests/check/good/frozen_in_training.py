# check: train
"""Frozen parts in training: norms that an override of `train` keeps in eval, a backbone that learns nothing."""

import torch
from torch import nn


class Stage(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(8)
        self.drop = nn.Dropout(0.1)

    def train(self, mode=True):
        super().train(mode)
        self.norm.eval()
        return self

    def forward(self, x):
        return self.drop(torch.relu(self.norm(self.conv(x))))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stage = Stage()
        self.frozen = nn.Sequential(nn.Conv2d(8, 8, 1, bias=False), nn.BatchNorm2d(8)).requires_grad_(False)
        self.norm = nn.BatchNorm2d(8)
        self.head = nn.Linear(8, 3)

    def forward(self, x):
        h = self.norm(self.frozen(self.stage(x)))
        return self.head(h.mean(dim=(2, 3)))


def build():
    model = Net().train()
    model.frozen.eval()
    model.norm.eval()
    return model, (torch.randn(4, 3, 8, 8),)
