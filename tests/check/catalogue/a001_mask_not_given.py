"""`forward` needs a mask, and only the sequence was given."""

import torch
from torch import nn


class MaskedEncoder(nn.Module):
    def __init__(self, dim=12):
        super().__init__()
        self.proj = nn.Linear(dim, dim)
        self.layer = nn.TransformerEncoderLayer(dim, 2, 24, batch_first=True)

    def forward(self, x, mask):  # expect: A001
        return self.layer(self.proj(x), src_key_padding_mask=mask)


def build():
    return MaskedEncoder(), (torch.randn(2, 5, 12),)
