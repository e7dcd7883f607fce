# check: select=R002
"""A video is encoded frame by frame; the frames could be a part of the batch."""

import torch
from torch import nn


class VideoNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.cnn = nn.Conv2d(3, 6, 3, padding=1)
        self.temporal = nn.Conv1d(6, 8, 3, padding=1)
        self.head = nn.Linear(8, 3)

    def encode(self, frame):
        return torch.relu(self.cnn(frame)).mean(dim=(2, 3))

    def forward(self, clip):
        frames = [self.encode(frame) for frame in clip.unbind(dim=1)]  # expect: R002
        h = self.temporal(torch.stack(frames, dim=2))
        return self.head(h.mean(dim=2))


def build():
    return VideoNet(), (torch.randn(1, 6, 3, 12, 12),)
