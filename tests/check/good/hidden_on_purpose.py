"""Modules kept from `parameters()` on purpose: a teacher in a list, one past `__setattr__`, unlearnt metrics."""

import torch
from torch import nn


class Distilled(nn.Module):
    def __init__(self, teacher, judge):
        super().__init__()
        self.student = nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 3))
        self.teacher = [teacher]
        object.__setattr__(self, "judge", judge)
        self.metrics = [nn.Linear(3, 1), nn.Linear(3, 1)]

    def forward(self, x):
        y = self.student(x)
        with torch.no_grad():
            scores = [metric(y) for metric in self.metrics]
        return y - self.teacher[0](x), self.judge(y), scores


def build():
    return Distilled(nn.Linear(6, 3), nn.Linear(3, 1)), (torch.randn(2, 6),)
