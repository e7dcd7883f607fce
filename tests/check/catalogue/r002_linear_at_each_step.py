# check: select=R002
"""The output layer of a sequence model is called for each time step, though it takes them all."""

import torch
from torch import nn


class CharRNN(nn.Module):
    def __init__(self, chars=20, dim=12):
        super().__init__()
        self.embed = nn.Embedding(chars, dim)
        self.rnn = nn.GRU(dim, dim, batch_first=True)
        self.decode = nn.Linear(dim, chars)

    def forward(self, text):
        states, _ = self.rnn(self.embed(text))
        logits = []
        for t in range(states.size(1)):
            step = states[:, t]
            logits.append(self.decode(step))  # expect: R002
        return torch.stack(logits, dim=1)


def build():
    return CharRNN(), (torch.randint(0, 20, (2, 9)),)
