"""Features of frames that are stacked in front, for an LSTM that takes the batch there."""

import torch
from torch import nn


class Video(nn.Module):
    def __init__(self):
        super().__init__()
        self.cnn = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.lstm = nn.LSTM(8, 16, batch_first=True)
        self.out = nn.Linear(16, 2)

    def forward(self, video):
        frames = [self.cnn(video[:, t]) for t in range(video.size(1))]
        out, _ = self.lstm(torch.stack(frames))  # expect: S003 lstm
        return self.out(out[:, -1])


def build():
    torch.manual_seed(0)
    return Video(), (torch.randn(4, 5, 3, 16, 16),)
