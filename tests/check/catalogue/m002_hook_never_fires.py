# check: select=M002
"""The hook was put on a branch that this input does not take."""

import torch
from torch import nn


def log_norm(module, args, output):  # expect: M002 long_path
    module.last_norm = output.norm().item()


class Router(nn.Module):
    def __init__(self, dim=8):
        super().__init__()
        self.short_path = nn.Linear(dim, dim)
        self.long_path = nn.Linear(dim, dim)
        self.head = nn.Linear(dim, 2)
        self.long_path.register_forward_hook(log_norm)

    def forward(self, sequence):
        path = self.long_path if sequence.size(1) > 100 else self.short_path
        return self.head(path(sequence).mean(dim=1))


def build():
    return Router(), (torch.randn(2, 12, 8),)
