"""Weight norm and spectral norm: the parameters are under other names than the layer reads."""

import torch
from torch import nn
from torch.nn.utils.parametrizations import spectral_norm, weight_norm


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = spectral_norm(nn.Conv2d(1, 8, 4, stride=2, padding=1))
        self.act = nn.LeakyReLU(0.2)
        self.out = weight_norm(nn.Linear(8 * 16, 1))

    def forward(self, image):
        return self.out(self.act(self.conv(image)).flatten(1))


def build():
    return Discriminator(), (torch.randn(2, 1, 8, 8),)
