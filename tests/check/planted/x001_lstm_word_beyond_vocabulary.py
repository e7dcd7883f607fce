"""A special token was added to the tokenizer; the embedding of a language model ends before it."""

import torch

from tests.check.bodies.lstm import LanguageModel


class Extended(LanguageModel):
    def encode(self, words):
        states, _ = self.lstm(self.embedding(words))  # expect: X001 embedding
        return states


def build():
    return Extended(vocab=1000), (torch.tensor([[1, 2, 3, 1000]]),)
