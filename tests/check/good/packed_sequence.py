"""Sentences of different lengths, packed for an LSTM; the lengths stay on the CPU as they must."""

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(50, 12, padding_idx=0)
        self.lstm = nn.LSTM(12, 10, batch_first=True, bidirectional=True)
        self.out = nn.Linear(20, 6)

    def forward(self, ids):
        lengths = (ids != 0).sum(dim=1).cpu()
        packed = pack_padded_sequence(self.embed(ids), lengths, batch_first=True, enforce_sorted=False)
        states, _ = pad_packed_sequence(self.lstm(packed)[0], batch_first=True)
        return self.out(states)


def build():
    return Tagger(), (torch.tensor([[4, 8, 2, 0, 0], [7, 1, 3, 9, 5]]),)
