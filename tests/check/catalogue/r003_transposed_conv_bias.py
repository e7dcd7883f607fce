# check: select=R003
"""The generator of a GAN: transposed convolutions with a bias, each before a norm."""

import torch
from torch import nn


class Generator(nn.Module):
    def __init__(self, latent=8, base=6):
        super().__init__()
        self.up1 = nn.ConvTranspose2d(latent, base * 2, 4)  # expect: R003 up1
        self.norm1 = nn.BatchNorm2d(base * 2)
        self.up2 = nn.ConvTranspose2d(base * 2, base, 4, stride=2, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(base)
        self.to_rgb = nn.ConvTranspose2d(base, 3, 4, stride=2, padding=1)

    def forward(self, z):
        x = torch.relu(self.norm1(self.up1(z)))
        x = torch.relu(self.norm2(self.up2(x)))
        return torch.tanh(self.to_rgb(x))


def build():
    return Generator(), (torch.randn(2, 8, 1, 1),)
