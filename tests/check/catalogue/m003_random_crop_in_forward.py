# check: select=M003
"""Augmentation inside the model: the brightness is drawn in eval as well."""

import torch
from torch import nn


class Augment(nn.Module):
    def forward(self, images):
        gain = images.new_empty(images.size(0), 1, 1, 1)
        gain = gain.uniform_(0.8, 1.2)  # expect: M003 augment
        return images * gain


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.augment = Augment()
        self.conv = nn.Conv2d(1, 4, 3)
        self.head = nn.Linear(4 * 36, 2)

    def forward(self, images):
        return self.head(torch.relu(self.conv(self.augment(images))).flatten(1))


def build():
    return Net(), (torch.randn(2, 1, 8, 8),)
