"""A U-Net of full depth, whose parts can be replaced."""

from __future__ import annotations

import torch
from torch import nn


def double_conv(channels: int, out: int) -> nn.Sequential:
    """Two convolutions, each with a norm and a ReLU."""
    return nn.Sequential(
        nn.Conv2d(channels, out, 3, padding=1, bias=False),
        nn.BatchNorm2d(out),
        nn.ReLU(inplace=True),
        nn.Conv2d(out, out, 3, padding=1, bias=False),
        nn.BatchNorm2d(out),
        nn.ReLU(inplace=True),
    )


class Up(nn.Module):
    """Twice the size, joined with what the way down saw."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.up = nn.ConvTranspose2d(channels, channels // 2, 2, stride=2)
        self.conv = double_conv(channels, channels // 2)

    def forward(self, x: torch.Tensor, skip: torch.Tensor) -> torch.Tensor:
        return self.conv(torch.cat([skip, self.up(x)], dim=1))


class UNet(nn.Module):
    """Four levels down and four up."""

    def __init__(self, base: int = 16, depth: int = 4, channels: int = 3, classes: int = 2) -> None:
        super().__init__()
        widths = [base * 2**level for level in range(depth + 1)]
        self.inc = double_conv(channels, base)
        self.downs = nn.ModuleList(
            nn.Sequential(nn.MaxPool2d(2), double_conv(width, 2 * width)) for width in widths[:-1]
        )
        self.ups = nn.ModuleList(self.up(width) for width in reversed(widths[1:]))
        self.outc = nn.Conv2d(base, classes, 1)

    def up(self, channels: int) -> nn.Module:
        return Up(channels)

    def encode(self, image: torch.Tensor) -> list[torch.Tensor]:
        levels = [self.inc(image)]
        for down in self.downs:
            levels.append(down(levels[-1]))
        return levels

    def decode(self, levels: list[torch.Tensor]) -> torch.Tensor:
        x = levels[-1]
        for up, skip in zip(self.ups, reversed(levels[:-1]), strict=True):
            x = up(x, skip)
        return x

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return self.outc(self.decode(self.encode(image)))
