"""An image from OpenCV keeps its channels last, and the first convolution sees 32 channels."""

import torch
from torch import nn


class FaceEncoder(nn.Module):
    def __init__(self, dim=64):
        super().__init__()
        self.backbone = nn.Sequential(
            nn.Conv2d(3, 16, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(16, 32, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.AdaptiveAvgPool2d(1),
        )
        self.embed = nn.Linear(32, dim)

    def forward(self, frame):
        features = self.backbone(frame).flatten(1)  # expect: S001 backbone.0
        return self.embed(features)


def build():
    frame = torch.rand(1, 32, 48, 3)
    return FaceEncoder(), (frame,)
