"""Anchors are kept on `meta` as a placeholder and added to boxes that are real."""

import torch
from torch import nn


class BoxHead(nn.Module):
    def __init__(self, dim=16, anchors=6):
        super().__init__()
        self.hidden = nn.Linear(dim, dim)
        self.delta = nn.Linear(dim, anchors * 4)
        self.register_buffer("anchors", torch.empty(anchors, 4, device="meta"))

    def forward(self, features):
        delta = self.delta(torch.relu(self.hidden(features)))
        delta = delta.view(features.size(0), -1, 4)
        return delta + self.anchors  # expect: D001


def build():
    return BoxHead(), (torch.randn(3, 16),)
