"""`nn.Parameter(...).double()` is the result of a cast, no longer a Parameter, and is not registered."""

import torch
from torch import nn


class CenterLoss(nn.Module):
    def __init__(self, classes, dim):
        super().__init__()
        self.centers = nn.Parameter(torch.randn(classes, dim, dtype=torch.float64)).float()  # expect: P003 center_loss

    def forward(self, features, labels):
        return (features - self.centers[labels]).pow(2).sum(dim=1).mean()


class MetricNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Sequential(nn.Linear(10, 16), nn.ReLU(), nn.Linear(16, 6))
        self.center_loss = CenterLoss(4, 6)

    def forward(self, x, labels):
        return self.center_loss(self.embed(x), labels)


def build():
    return MetricNet(), (torch.randn(5, 10), torch.randint(0, 4, (5,)))
