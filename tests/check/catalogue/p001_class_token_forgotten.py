"""A vision transformer whose class token is never joined to the patches."""

import torch
from torch import nn


class ViT(nn.Module):
    def __init__(self, dim=16, patches=16, classes=5):
        super().__init__()
        self.patchify = nn.Conv2d(3, dim, 8, stride=8)
        self.cls_token = nn.Parameter(torch.zeros(1, 1, dim))  # expect: P001
        self.pos = nn.Parameter(torch.randn(1, patches, dim) * 0.02)
        self.block = nn.TransformerEncoderLayer(dim, 4, 32, batch_first=True)
        self.head = nn.Linear(dim, classes)

    def forward(self, image):
        x = self.patchify(image).flatten(2).transpose(1, 2)
        x = self.block(x + self.pos)
        return self.head(x[:, 0])


def build():
    return ViT(), (torch.randn(2, 3, 32, 32),)
