"""The batch calls it `attention_mask`, `forward` calls it `mask`."""

import torch
from torch import nn


class TextClassifier(nn.Module):
    def __init__(self, vocab=30, dim=8):
        super().__init__()
        self.embed = nn.Embedding(vocab, dim)
        self.head = nn.Linear(dim, 2)

    def forward(self, input_ids, mask=None):  # expect: A001
        h = self.embed(input_ids)
        if mask is not None:
            h = h * mask.unsqueeze(-1)
        return self.head(h.mean(dim=1))


def build():
    ids = torch.randint(0, 30, (2, 6))
    return TextClassifier(), (), {"input_ids": ids, "attention_mask": torch.ones(2, 6)}
