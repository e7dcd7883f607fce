"""An auxiliary head is computed and never returned: it costs time and learns nothing."""

import torch
from torch import nn


class Segmenter(nn.Module):
    def __init__(self, classes=3):
        super().__init__()
        self.stem = nn.Conv2d(3, 12, 3, padding=1)
        self.body = nn.Conv2d(12, 12, 3, padding=1)
        self.main = nn.Conv2d(12, classes, 1)
        self.aux = nn.Conv2d(12, classes, 1)

    def forward(self, image):
        low = torch.relu(self.stem(image))
        aux = self.aux(low)  # expect: P002 aux
        high = torch.relu(self.body(low))
        out = self.main(high)
        del aux
        return out


def build():
    return Segmenter(), (torch.randn(2, 3, 16, 16),)
