"""A BERT classifier applies a softmax and then a cross entropy."""

import torch
import torch.nn.functional as F
from torch import nn

from tests.check.bodies.bert import bert, ids


class Classifier(nn.Module):
    def __init__(self, classes=3):
        super().__init__()
        self.bert = bert()
        self.classifier = nn.Linear(64, classes)

    def forward(self, input_ids, labels):
        states = self.bert(input_ids).last_hidden_state
        scores = self.classifier(states[:, 0]).softmax(dim=-1)
        return F.cross_entropy(scores, labels), scores  # expect: N004


def build():
    return Classifier(), (ids(), torch.tensor([0, 2]))
