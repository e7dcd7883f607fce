# check: select=S002
"""A loss written out in the model: predictions are `[B, 1]`, targets `[B]`, and each meets each."""

import torch
from torch import nn


class PriceRegressor(nn.Module):
    def __init__(self, features=13):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(features, 32), nn.ReLU(), nn.Linear(32, 1))

    def forward(self, x, price):
        prediction = self.net(x)
        error = prediction - price  # expect: S002
        return (error**2).mean()


def build():
    return PriceRegressor(), (torch.randn(16, 13), torch.rand(16))
