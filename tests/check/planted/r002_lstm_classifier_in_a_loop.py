# check: select=R002
"""A language model whose classifier runs once for each position."""

import torch

from tests.check.bodies.lstm import LanguageModel, tokens


class Tagger(LanguageModel):
    def forward(self, words):
        states = self.encode(words)
        tags = []
        for position in range(states.size(1)):
            tags.append(self.classifier(states[:, position]))  # expect: R002
        weights = self.attention(states).softmax(dim=1)
        return torch.stack(tags, dim=1) * weights


def build():
    return Tagger(), (tokens(),)
