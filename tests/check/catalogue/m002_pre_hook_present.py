# check: select=M002
"""A pre-hook scales the images before the first layer; the class does not show it."""

import torch
from torch import nn


def to_unit_range(module, args):  # expect: M002 conv
    (pixels,) = args
    return (pixels / 255.0,)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3)
        self.conv.register_forward_pre_hook(to_unit_range)
        self.head = nn.Linear(4, 2)

    def forward(self, pixels):
        return self.head(torch.relu(self.conv(pixels)).mean(dim=(2, 3)))


def build():
    return Net(), (torch.randint(0, 256, (2, 1, 8, 8)).float(),)
