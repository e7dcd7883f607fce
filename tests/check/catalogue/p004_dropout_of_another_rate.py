"""The dropout of the constructor has the rate that was meant; forward calls the function, with its own."""

import torch
import torch.nn.functional as F
from torch import nn


class SentenceClassifier(nn.Module):
    def __init__(self, vocabulary=50, dim=16, classes=4, dropout=0.3):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, dim)
        self.dropout = nn.Dropout(dropout)  # expect: P004 dropout
        self.fc = nn.Linear(dim, classes)

    def forward(self, tokens):
        pooled = self.embedding(tokens).mean(dim=1)
        pooled = F.dropout(pooled, training=self.training)
        return self.fc(pooled)


def build():
    return SentenceClassifier()


def example_inputs():
    return (torch.randint(0, 50, (2, 6)),)
