"""The models that are measured, without packages beside torch and transformers."""

from __future__ import annotations

import importlib
import sys

import torch
from torch import Tensor, nn


class TinyOperations(nn.Module):
    """Two hundred operations on four numbers."""

    def forward(self, x: Tensor) -> Tensor:
        for _ in range(100):
            x = (x + 1).sin()
        return x


def tiny() -> tuple[nn.Module, tuple[Tensor, ...]]:
    """200 operations that take next to no time."""
    return TinyOperations(), (torch.randn(4, requires_grad=True),)


def mlp() -> tuple[nn.Module, tuple[Tensor, ...]]:
    """Fifty small layers with activations between."""
    layers: list[nn.Module] = []
    for _ in range(50):
        layers += [nn.Linear(64, 64), nn.ReLU()]
    return nn.Sequential(*layers), (torch.randn(8, 64),)


def resnet50() -> tuple[nn.Module, tuple[Tensor, ...]]:
    """ResNet-50 on one image of 224×224."""
    return ResNet([3, 4, 6, 3]), (torch.randn(1, 3, 224, 224),)


def gpt2() -> tuple[nn.Module, tuple[Tensor, ...]]:
    """GPT-2 medium: 24 layers, width 1024, 64 tokens."""
    _without_broken_torchvision()
    from transformers import GPT2Config, GPT2LMHeadModel

    config = GPT2Config(n_layer=24, n_embd=1024, n_head=16, use_cache=False)
    return GPT2LMHeadModel(config), (torch.randint(0, 50257, (1, 64)),)


def _without_broken_torchvision() -> None:
    """A torchvision that does not fit torch cannot be imported, and transformers would try to."""
    try:
        importlib.import_module("torchvision")
    except (ImportError, RuntimeError):
        sys.modules["torchvision"] = None  # type: ignore[assignment]


class Bottleneck(nn.Module):
    """1×1, 3×3, 1×1 and the shortcut."""

    def __init__(self, channels: int, width: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, 4 * width, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(4 * width)
        self.relu = nn.ReLU(inplace=True)
        self.downsample: nn.Module | None = None
        if stride != 1 or channels != 4 * width:
            shortcut = nn.Conv2d(channels, 4 * width, 1, stride, bias=False)
            self.downsample = nn.Sequential(shortcut, nn.BatchNorm2d(4 * width))

    def forward(self, x: Tensor) -> Tensor:
        shortcut = x if self.downsample is None else self.downsample(x)
        x = self.relu(self.bn1(self.conv1(x)))
        x = self.relu(self.bn2(self.conv2(x)))
        x = self.bn3(self.conv3(x))
        x += shortcut
        return self.relu(x)


class ResNet(nn.Module):
    """He et al. 2015, with bottleneck blocks."""

    def __init__(self, depths: list[int]) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1)
        )
        channels, stages = 64, []
        for number, depth in enumerate(depths):
            width = 64 * 2**number
            blocks = []
            for block in range(depth):
                blocks.append(Bottleneck(channels, width, 2 if block == 0 and number else 1))
                channels = 4 * width
            stages.append(nn.Sequential(*blocks))
        self.stages = nn.Sequential(*stages)
        self.head = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 1000))

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.stages(self.stem(x)))


def vgg16() -> nn.Module:
    """VGG-16 with its three large linear layers."""
    layers: list[nn.Module] = []
    channels = 3
    for width, count in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        for _ in range(count):
            layers += [nn.Conv2d(channels, width, 3, padding=1), nn.ReLU(inplace=True)]
            channels = width
        layers.append(nn.MaxPool2d(2))
    head = [nn.Flatten(), nn.Linear(512 * 49, 4096), nn.ReLU(True), nn.Dropout()]
    head += [nn.Linear(4096, 4096), nn.ReLU(True), nn.Dropout(), nn.Linear(4096, 1000)]
    return nn.Sequential(*layers, *head).eval()
