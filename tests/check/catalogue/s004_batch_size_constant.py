# check: select=S004
"""The batch size of training stands as a constant in a `view`; the last batch of an epoch breaks it."""

import torch
from torch import nn

BATCH_SIZE = 8


class NameClassifier(nn.Module):
    def __init__(self, letters=26, length=10, hidden=16):
        super().__init__()
        self.cnn = nn.Conv1d(letters, hidden, 3, padding=1)
        self.relu = nn.ReLU()
        self.fc = nn.Linear(hidden * length, 4)
        self.features = hidden * length

    def forward(self, x):
        out = self.relu(self.cnn(x))
        out = out.view(BATCH_SIZE, self.features)  # expect: S004
        return self.fc(out)


def build():
    return NameClassifier(), (torch.randn(BATCH_SIZE, 26, 10),)
