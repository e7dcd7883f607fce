"""The classifier sits in the same Sequential as the convolutions, and the Flatten was forgotten."""

import torch
from torch import nn


class DigitNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 8, 5),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(8, 16, 5),
            nn.ReLU(),
            nn.MaxPool2d(2),
        )
        self.classifier = nn.Sequential(nn.Linear(256, 64), nn.ReLU(), nn.Linear(64, 10))

    def forward(self, images):
        features = self.features(images)
        return self.classifier(features)  # expect: S001 classifier.0


def build():
    return DigitNet(), (torch.randn(2, 1, 28, 28),)
