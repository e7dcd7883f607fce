"""A head that forward builds: it is another one at each step, and what it learns is gone."""

import torch
from torch import nn


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(16, 8)

    def forward(self, x):
        x = torch.relu(self.body(x))
        head = nn.Linear(x.size(1), 2)  # expect: P003
        return head(x)


def build():
    torch.manual_seed(0)
    return Classifier(), (torch.randn(4, 16),)
