"""BERT is run under `no_grad`, and the person wonders why fine-tuning does not help."""

import torch
from torch import nn

from tests.check.bodies.bert import bert, ids


class Classifier(nn.Module):
    def __init__(self, classes=3):
        super().__init__()
        self.bert = bert()
        self.dropout = nn.Dropout(0.1)
        self.classifier = nn.Linear(64, classes)

    def forward(self, input_ids):
        with torch.no_grad():
            states = self.bert(input_ids).last_hidden_state  # expect: P002 bert
        return self.classifier(self.dropout(states[:, 0]))


def build():
    return Classifier(), (ids(),)
