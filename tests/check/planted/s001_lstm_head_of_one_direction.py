"""A bidirectional language model gets a head for one direction."""

from torch import nn

from tests.check.bodies.lstm import LanguageModel, tokens


class Ranker(LanguageModel):
    def __init__(self):
        super().__init__()
        self.classifier = nn.Sequential(nn.LayerNorm(self.hidden), nn.Linear(self.hidden, 2))

    def forward(self, words):
        pooled = self.pool(self.encode(words), words)
        return self.classifier(pooled)  # expect: S001 classifier.0


def build():
    return Ranker(), (tokens(),)
