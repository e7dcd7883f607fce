"""Text and image features are joined along the features, but the image tower kept its positions."""

import torch
from torch import nn


class TwoTowers(nn.Module):
    def __init__(self):
        super().__init__()
        self.text = nn.Sequential(nn.Linear(20, 32), nn.ReLU(), nn.Linear(32, 32))
        self.image = nn.Sequential(nn.Conv2d(3, 16, 3, stride=4), nn.ReLU(), nn.Conv2d(16, 32, 3, stride=4))
        self.fuse = nn.Linear(64, 8)

    def forward(self, text, image):
        t = self.text(text)
        i = self.image(image).flatten(2)
        joined = torch.cat([t, i], dim=1)  # expect: S001
        return self.fuse(joined)


def build():
    return TwoTowers(), (torch.randn(2, 20), torch.randn(2, 3, 32, 32))
