# check: select=S005
"""A discriminator for 64 pixels is given 16: from the fifth stride on there is one pixel left to look at."""

import torch
from torch import nn


class Discriminator(nn.Module):
    def __init__(self, base=8):
        super().__init__()
        self.conv1 = nn.Conv2d(3, base, 3, stride=2, padding=1)
        self.conv2 = nn.Conv2d(base, base * 2, 3, stride=2, padding=1)
        self.conv3 = nn.Conv2d(base * 2, base * 4, 3, stride=2, padding=1)
        self.conv4 = nn.Conv2d(base * 4, base * 4, 3, stride=2, padding=1)
        self.conv5 = nn.Conv2d(base * 4, base * 4, 3, stride=2, padding=1)
        self.score = nn.Linear(base * 4, 1)
        self.act = nn.LeakyReLU(0.2)

    def forward(self, image):
        h = self.act(self.conv1(image))
        h = self.act(self.conv2(h))
        h = self.act(self.conv3(h))
        h = self.act(self.conv4(h))
        h = self.act(self.conv5(h))  # expect: S005 conv5
        return self.score(h.flatten(1))


def build():
    return Discriminator(), (torch.randn(2, 3, 16, 16),)
