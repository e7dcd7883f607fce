"""`view(-1, 128)` for `view(B, -1)`: half a sample goes into one row, and no one complains."""

import torch
from torch import nn


class AudioClassifier(nn.Module):
    def __init__(self, classes=4):
        super().__init__()
        self.conv = nn.Conv1d(1, 16, 8, stride=4)
        self.relu = nn.ReLU()
        self.conv2 = nn.Conv1d(16, 32, 8, stride=4)
        self.fc = nn.Linear(128, classes)

    def forward(self, wave):
        h = self.relu(self.conv(wave))
        h = self.relu(self.conv2(h))
        h = h.view(-1, 128)  # expect: S003
        return self.fc(h)


def build():
    return AudioClassifier(), (torch.randn(2, 1, 148),)
