"""A head of one's own on BERT: the projection is built, and the classifier takes the raw states."""

from torch import nn

from tests.check.bodies.bert import bert, ids


class Classifier(nn.Module):
    def __init__(self, classes=3):
        super().__init__()
        self.bert = bert()
        self.project = nn.Linear(64, 64)  # expect: P004 project
        self.activation = nn.Tanh()  # expect: P004 activation
        self.classifier = nn.Linear(64, classes)

    def forward(self, input_ids, attention_mask):
        states = self.bert(input_ids, attention_mask=attention_mask).last_hidden_state
        return self.classifier(states[:, 0])


def build():
    tokens = ids()
    return Classifier(), (), {"input_ids": tokens, "attention_mask": tokens.ne(0)}
