"""Attention by the single best position: its scores can never learn."""

import torch

from tests.check.bodies.lstm import LanguageModel, tokens


class HardAttention(LanguageModel):
    def pool(self, states, words):
        scores = self.attention(states).squeeze(-1)
        best = scores.argmax(dim=1)  # expect: P002
        return states[torch.arange(words.size(0), device=words.device), best]


def build():
    return HardAttention(), (tokens(),)
