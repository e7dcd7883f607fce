"""`nll_loss` without the logarithm of a softmax: it falls below zero, and the model learns to shout."""

import torch
from torch import nn


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(16, 5)
        self.loss = nn.NLLLoss()

    def forward(self, x, labels):
        return self.loss(self.fc(x), labels)  # expect: N004 loss


def build():
    torch.manual_seed(0)
    return Classifier(), (torch.randn(4, 16), torch.arange(4))
