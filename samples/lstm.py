"""A text classifier: words become vectors, an LSTM reads them, a linear layer judges the last state."""

import torch
from torch import nn


class Classifier(nn.Module):
    def __init__(self, words: int = 1000, size: int = 64, classes: int = 2) -> None:
        super().__init__()
        self.embedding = nn.Embedding(words, size)
        self.lstm = nn.LSTM(size, size, num_layers=2, batch_first=True, bidirectional=True)
        self.dropout = nn.Dropout(0.3)
        self.head = nn.Linear(2 * size, classes)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        _, (state, _) = self.lstm(self.embedding(tokens))
        both = torch.cat([state[-2], state[-1]], dim=1)
        return self.head(self.dropout(both))


def build() -> nn.Module:
    return Classifier()


def example_inputs() -> torch.Tensor:
    return torch.randint(0, 1000, (4, 20))
