"""Embeddings end in their channels; a convolution over time wants them before the time."""

import torch
from torch import nn


class TextCNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(200, 64)
        self.convs = nn.ModuleList(nn.Conv1d(64, 32, size) for size in (3, 4, 5))
        self.fc = nn.Linear(96, 2)

    def forward(self, tokens):
        x = self.embedding(tokens)
        x = torch.cat([conv(x).relu().amax(-1) for conv in self.convs], 1)  # expect: S001 convs.0
        return self.fc(x)


def build():
    return TextCNN(), (torch.randint(0, 200, (4, 30)),)
