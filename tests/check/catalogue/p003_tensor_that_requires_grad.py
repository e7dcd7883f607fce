"""A learnable temperature as a tensor with `requires_grad`, which is no Parameter."""

import torch
from torch import nn


class ClipHead(nn.Module):
    def __init__(self, dim=12):
        super().__init__()
        self.text = nn.Linear(dim, 8)
        self.image = nn.Linear(dim, 8)
        self.logit_scale = torch.tensor(2.6, requires_grad=True)  # expect: P003

    def forward(self, text, image):
        t = nn.functional.normalize(self.text(text), dim=-1)
        i = nn.functional.normalize(self.image(image), dim=-1)
        return t @ i.t() * self.logit_scale.exp()


def build():
    return ClipHead(), (torch.randn(3, 12), torch.randn(3, 12))
