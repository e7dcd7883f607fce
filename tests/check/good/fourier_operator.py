"""A Fourier layer: float and complex numbers in one model, as they should be."""

import torch
from torch import nn


class Spectral(nn.Module):
    def __init__(self, width=8, modes=6):
        super().__init__()
        self.modes = modes
        self.weight = nn.Parameter(torch.randn(width, width, modes, dtype=torch.cfloat) / width)
        self.skip = nn.Conv1d(width, width, 1)

    def forward(self, x):
        spectrum = torch.fft.rfft(x)
        kept = torch.einsum("bim,iom->bom", spectrum[..., : self.modes], self.weight)
        padded = nn.functional.pad(kept, (0, spectrum.size(-1) - self.modes))
        return torch.fft.irfft(padded, n=x.size(-1)) + self.skip(x)


class FNO(nn.Module):
    def __init__(self):
        super().__init__()
        self.lift = nn.Conv1d(1, 8, 1)
        self.layers = nn.ModuleList([Spectral(), Spectral()])
        self.out = nn.Conv1d(8, 1, 1)

    def forward(self, field):
        x = self.lift(field)
        for layer in self.layers:
            x = nn.functional.gelu(layer(x))
        return self.out(x)


def build():
    return FNO(), (torch.randn(2, 1, 32),)
