"""The initial states of a language model are made anew in each call, on the default device."""

import torch

from tests.check.bodies.lstm import LanguageModel, tokens


class Stateful(LanguageModel):
    def initial(self, batch):
        size = (2 * self.layers, batch, self.hidden)
        return torch.zeros(size), torch.zeros(size)  # expect: D003

    def encode(self, words):
        x = self.dropout(self.embedding(words))
        states, _ = self.lstm(x, self.initial(words.size(0)))
        return states


def build():
    return Stateful(), (tokens(),)
