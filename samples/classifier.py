"""A text classifier: twelve equal layers, a dropout and a head."""

import torch
from torch import nn


class Layer(nn.Module):
    def __init__(self, size: int) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(size)
        self.attention = nn.MultiheadAttention(size, 4, batch_first=True)
        self.norm2 = nn.LayerNorm(size)
        self.fc1 = nn.Linear(size, 4 * size)
        self.act = nn.SiLU()
        self.fc2 = nn.Linear(4 * size, size)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.norm1(x)
        x = x + self.attention(y, y, y, need_weights=False)[0]
        return x + self.fc2(self.act(self.fc1(self.norm2(x))))


class Classifier(nn.Module):
    def __init__(self, size: int = 64) -> None:
        super().__init__()
        self.embedding = nn.Embedding(1000, size)
        self.blocks = nn.Sequential(*(Layer(size) for _ in range(12)))
        self.norm = nn.LayerNorm(size)
        self.drop = nn.Dropout(0.1)
        self.head = nn.Linear(size, 10)

    def forward(self, tokens: torch.Tensor) -> dict[str, torch.Tensor]:
        x = self.norm(self.blocks(self.embedding(tokens))).mean(dim=1)
        return {"logits": self.head(self.drop(x))}


def build() -> nn.Module:
    return Classifier()


def example_inputs() -> torch.Tensor:
    return torch.randint(0, 1000, (2, 24))
