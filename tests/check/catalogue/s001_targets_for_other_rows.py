"""A view with the wrong size makes twelve rows of four samples; the loss counts them."""

import torch
from torch import nn
from torch.nn import functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 12, 3)
        self.fc = nn.Linear(144, 10)

    def forward(self, image, labels):
        x = self.conv(image).view(-1, 144)
        return F.cross_entropy(self.fc(x), labels)  # expect: S001


def build():
    torch.manual_seed(0)
    return Net(), (torch.randn(4, 1, 8, 8), torch.arange(4))
