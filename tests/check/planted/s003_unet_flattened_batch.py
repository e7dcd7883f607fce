"""The pooled bottom of a U-Net is laid out in rows of 64, whatever sample they come from."""

import torch
from torch import nn

from tests.check.bodies.unet import UNet


class WithClassifier(UNet):
    def __init__(self):
        super().__init__()
        self.classify = nn.Linear(64, 4)

    def forward(self, image):
        levels = self.encode(image)
        mask = self.outc(self.decode(levels))
        pooled = levels[-1].amax(dim=(2, 3)).view(-1, 64)  # expect: S003
        return mask, self.classify(pooled)


def build():
    return WithClassifier(), (torch.randn(2, 3, 64, 64),)
