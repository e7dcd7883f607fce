"""The output of BERT's third layer was replaced, with a layer that expects 64 features and gets 128."""

from torch import nn

from tests.check.bodies.bert import bert, ids


class Classifier(nn.Module):
    def __init__(self, classes=3):
        super().__init__()
        self.bert = bert()
        self.bert.encoder.layer[2].output.dense = nn.Linear(64, 64)
        self.classifier = nn.Linear(64, classes)

    def forward(self, input_ids):
        states = self.bert(input_ids).last_hidden_state  # expect: S001 bert.encoder.layer.2.output.dense
        return self.classifier(states[:, 0])


def build():
    return Classifier(), (ids(),)
