# check: select=N003 stats
"""Some steps with a learning rate ten times too high: most hidden units never come back."""

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(16, 256)
        self.out = nn.Linear(256, 1)

    def forward(self, x):
        return self.out(torch.relu(self.hidden(x)))  # expect: N003


def build():
    torch.manual_seed(0)
    model, x = Net(), torch.rand(64, 16)
    steps = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(3):
        steps.zero_grad()
        (model(x) - 10.0).square().mean().backward()
        steps.step()
    return model, (x,)
