"""One bag of instances without a batch: attention over the bag, and the pooled bag given back to each instance."""

import torch
from torch import nn


class Bag(nn.Module):
    def __init__(self, dim=8):
        super().__init__()
        self.gate = nn.Sequential(nn.Linear(dim, 8), nn.Tanh(), nn.Linear(8, 1))
        self.mix = nn.Linear(2 * dim, 4)

    def forward(self, instances):
        weights = torch.softmax(self.gate(instances), dim=0)
        bag = (weights * instances).sum(dim=0, keepdim=True).expand_as(instances)
        return self.mix(torch.cat((instances, bag), dim=1))


def build():
    return Bag(), (torch.randn(9, 8),)
