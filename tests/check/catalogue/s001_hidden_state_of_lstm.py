"""Both directions of an LSTM come out side by side; the layer after it was built for one."""

import torch
from torch import Tensor, nn


class Tagger(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(100, 8)
        self.lstm = nn.LSTM(8, 12, batch_first=True, bidirectional=True)
        self.out = nn.Linear(12, 5)

    def forward(self, ids: Tensor) -> Tensor:
        found, _ = self.lstm(self.embedding(ids))
        return self.out(found)  # expect: S001 out


def build() -> nn.Module:
    return Tagger()


def example_inputs() -> Tensor:
    return torch.randint(0, 100, (3, 7))
