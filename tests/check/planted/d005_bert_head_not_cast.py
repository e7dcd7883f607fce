"""BERT was cast to bfloat16 and its classifier forgotten."""

import torch
from torch import nn

from tests.check.bodies.bert import bert, ids


class Classifier(nn.Module):
    def __init__(self, classes=3):
        super().__init__()
        self.bert = bert()
        self.bert.to(torch.bfloat16)
        self.classifier = nn.Linear(64, classes)

    def forward(self, input_ids):
        states = self.bert(input_ids).last_hidden_state
        return self.classifier(states.mean(dim=1))  # expect: D005 classifier


def build():
    return Classifier(), (ids(),)
