# check: select=G002 backward
"""Writes in place to what nothing kept: rectifiers, additions to results of layers, a buffer that is filled, a mask."""

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, padding=1)
        self.norm = nn.BatchNorm2d(4)
        self.relu = nn.ReLU(inplace=True)
        self.drop = nn.Dropout(0.1, inplace=True)
        self.skip = nn.Conv2d(3, 4, 1)
        self.score = nn.Linear(4, 5)
        self.register_buffer("seen", torch.zeros(()))

    def forward(self, image, padding):
        x = self.skip(image)
        x += self.relu(self.norm(self.conv(image)))
        x = self.drop(x)
        self.seen += 1
        scores = self.score(x.mean(dim=(2, 3)))
        scores[padding] = -1e4
        weights = scores.softmax(dim=1)
        joined = x.new_zeros(2, 10)
        joined[:, :5] = weights
        joined[:, 5:] = weights * weights
        joined.clamp_(min=0.1)
        told = weights.detach().clone()
        told.mul_(2)
        return joined, told


def build():
    padding = torch.tensor([[False, False, False, True, True], [False, True, True, True, True]])
    return Net(), (torch.randn(2, 3, 6, 6), padding)
