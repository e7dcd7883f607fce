"""A document of eighty tokens for sixty-four positions: BERT cannot place what is beyond."""

import torch
from torch import nn

from tests.check.bodies.bert import bert


class Ranker(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = bert()
        self.score = nn.Linear(64, 1)

    def forward(self, query_and_document):
        states = self.encoder(query_and_document).last_hidden_state  # expect: S001 encoder.embeddings
        return self.score(states[:, 0])


def build():
    return Ranker(), (torch.ones(1, 80, dtype=torch.long),)
