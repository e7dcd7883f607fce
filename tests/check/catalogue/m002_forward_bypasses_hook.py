# check: select=M002
"""A hook is to collect features, and `forward` calls the layer's `.forward`, past the hook."""

import torch
from torch import nn


class Features:
    def __init__(self):
        self.seen = []

    def collect(self, module, args, output):
        self.seen.append(output.detach())


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer1 = nn.Linear(6, 12)
        self.layer2 = nn.Linear(12, 12)
        self.head = nn.Linear(12, 2)

    def forward(self, x):
        x = torch.relu(self.layer1(x))
        x = torch.relu(self.layer2.forward(x))  # expect: M002 layer2
        return self.head(x)


def build():
    model = Net()
    model.layer2.register_forward_hook(Features().collect)
    return model, (torch.randn(2, 6),)
