"""Reuse, loops, recursion, and paths that depend on data."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

Case = tuple[nn.Module, tuple[Any, ...], dict[str, Any]]


class Reuse(nn.Module):
    """One layer called three times, once from a list of itself."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)
        self.same = nn.ModuleList([self.fc, self.fc])

    def forward(self, x: Tensor) -> Tensor:
        x = self.fc(x).relu()
        for layer in self.same:
            x = layer(x)
        return x


class Tied(nn.Module):
    """The embedding's table is the weight of the head."""

    def __init__(self) -> None:
        super().__init__()
        self.emb = nn.Embedding(10, 4)
        self.head = nn.Linear(4, 10, bias=False)
        self.head.weight = self.emb.weight

    def forward(self, ids: Tensor) -> Tensor:
        return self.head(self.emb(ids).tanh())


class TimeLoop(nn.Module):
    """A cell over time, its states joined."""

    def __init__(self) -> None:
        super().__init__()
        self.cell = nn.GRUCell(4, 6)

    def forward(self, x: Tensor) -> Tensor:
        state = x.new_zeros(x.shape[1], 6)
        states = []
        for step in x:
            state = self.cell(step, state)
            states.append(state)
        return torch.stack(states)


class Branch(nn.Module):
    """Which layer runs, and how often, depends on the data."""

    def __init__(self) -> None:
        super().__init__()
        self.a = nn.Linear(4, 4)
        self.b = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> tuple[Tensor, int]:
        x = self.a(x) if x.sum() > 0 else self.b(x)
        steps = 0
        while x.norm() > 0.5 and steps < 10:
            x = self.b(x) * 0.5
            steps += 1
        return x, steps


class Recursive(nn.Module):
    """Calls itself."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x: Tensor, depth: int = 3) -> Tensor:
        return self.fc(x) if depth == 0 else self(self.fc(x), depth - 1)


class Experts(nn.Module):
    """A mixture of experts: rows are picked, run apart, and added back."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = nn.Linear(8, 4)
        self.experts = nn.ModuleList([nn.Sequential(nn.Linear(8, 8), nn.GELU()) for _ in range(4)])

    def forward(self, x: Tensor) -> Tensor:
        weight, chosen = self.gate(x).softmax(-1).topk(2)
        result = torch.zeros_like(x)
        for number, expert in enumerate(self.experts):
            row, slot = torch.where(chosen == number)
            if row.numel():
                result.index_add_(0, row, expert(x[row]) * weight[row, slot, None])
        return result


class Listed(nn.Module):
    """Indices travel through a Python list."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        order = x.argmax(1).tolist()
        return self.fc(x)[:, torch.tensor(order)]


class Cond(nn.Module):
    """`torch.cond`: both branches are functions."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        x = self.fc(x)
        return torch.cond(x.sum() > 0, torch.sin, torch.cos, (x,))


class Generator(nn.Module):
    """The layers are run by a generator that yields in between."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(4, 4) for _ in range(3)])

    def steps(self, x: Tensor):  # type: ignore[no-untyped-def]
        for layer in self.layers:
            x = F.relu(layer(x))
            yield x

    def forward(self, x: Tensor) -> Tensor:
        return sum(self.steps(x), start=torch.zeros(()))


class Caught(nn.Module):
    """The first layer does not fit, and the model knows."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong = nn.Linear(3, 4)
        self.right = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        try:
            return self.wrong(x)
        except RuntimeError:
            return self.right(x)


def reuse() -> Case:
    return Reuse(), (torch.randn(2, 4),), {}


def tied() -> Case:
    return Tied(), (torch.tensor([[1, 2, 3]]),), {}


def time_loop() -> Case:
    return TimeLoop(), (torch.randn(5, 2, 4),), {}


def branch() -> Case:
    return Branch(), (torch.randn(2, 4) * 9,), {}


def recursive() -> Case:
    return Recursive(), (torch.randn(2, 4),), {}


def experts() -> Case:
    return Experts(), (torch.randn(10, 8),), {}


def listed() -> Case:
    return Listed(), (torch.randn(2, 4),), {}


def cond() -> Case:
    return Cond(), (torch.randn(2, 4),), {}


def generator() -> Case:
    return Generator(), (torch.randn(2, 4),), {}


def caught() -> Case:
    return Caught(), (torch.randn(2, 4),), {}
