"""Frames are folded into the batch for the convolutions, and unfolded after them."""

import torch
from torch import nn


class VideoNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.cnn = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.rnn = nn.GRU(8, 12, batch_first=True)
        self.head = nn.Linear(12, 4)

    def forward(self, clip):
        b, t = clip.shape[:2]
        frames = self.cnn(clip.flatten(0, 1)).view(b, t, -1)
        states, _ = self.rnn(frames)
        return self.head(states[:, -1])


def build():
    return VideoNet(), (torch.randn(2, 5, 3, 16, 16),)
