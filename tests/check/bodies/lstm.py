"""A language model of stacked LSTMs with attention over its states, whose parts can be replaced."""

from __future__ import annotations

import torch
from torch import nn


class LanguageModel(nn.Module):
    """Words to embeddings, two directions of two layers, attention pooling, classes."""

    def __init__(self, vocab: int = 2000, dim: int = 128, hidden: int = 128, layers: int = 2, classes: int = 5) -> None:
        super().__init__()
        self.hidden, self.layers = hidden, layers
        self.embedding = nn.Embedding(vocab, dim, padding_idx=0)
        self.dropout = nn.Dropout(0.3)
        self.lstm = nn.LSTM(dim, hidden, num_layers=layers, batch_first=True, bidirectional=True)
        self.attention = nn.Sequential(nn.Linear(2 * hidden, hidden), nn.Tanh(), nn.Linear(hidden, 1))
        self.classifier = nn.Sequential(nn.Linear(2 * hidden, hidden), nn.ReLU(), nn.Linear(hidden, classes))

    def encode(self, tokens: torch.Tensor) -> torch.Tensor:
        states, _ = self.lstm(self.dropout(self.embedding(tokens)))
        return states

    def pool(self, states: torch.Tensor, tokens: torch.Tensor) -> torch.Tensor:
        scores = self.attention(states).squeeze(-1).masked_fill(tokens == 0, -1e9)
        return (scores.softmax(dim=1).unsqueeze(-1) * states).sum(dim=1)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        states = self.encode(tokens)
        return self.classifier(self.pool(states, tokens))


def tokens(batch: int = 4, length: int = 24) -> torch.Tensor:
    """Ids without padding."""
    return torch.arange(1, batch * length + 1).reshape(batch, length)
