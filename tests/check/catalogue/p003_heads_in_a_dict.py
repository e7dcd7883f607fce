"""One head for each task, in an ordinary dict."""

import torch
from torch import nn


class MultiHead(nn.Module):
    def __init__(self, tasks=("depth", "normal")):
        super().__init__()
        self.encoder = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.ReLU())
        self.heads = {task: nn.Conv2d(8, 1, 1) for task in tasks}  # expect: P003

    def forward(self, image):
        features = self.encoder(image)
        return {task: head(features) for task, head in self.heads.items()}


def build():
    return MultiHead(), (torch.randn(1, 3, 10, 10),)
