"""A tagger that asks its head about one time step after the other, though one call takes all of them."""

import torch
from torch import nn


class Tagger(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(100, 16)
        self.rnn = nn.GRU(16, 32, batch_first=True)
        self.head = nn.Linear(32, 5)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        states, _ = self.rnn(self.embedding(tokens))
        tags = []
        for step in range(states.shape[1]):
            tags.append(self.head(states[:, step]))
        return torch.stack(tags, dim=1)


class Mended(Tagger):
    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        states, _ = self.rnn(self.embedding(tokens))
        return self.head(states)


def build() -> nn.Module:
    return Tagger()


def build_mended() -> nn.Module:
    return Mended()


def example_inputs() -> torch.Tensor:
    return torch.arange(24).reshape(2, 12)
