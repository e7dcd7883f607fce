"""Inputs and outputs that are not one tensor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from tests.models.control import Case


class Pair(NamedTuple):
    first: Tensor
    second: Tensor


@dataclass
class Result:
    logits: Tensor
    pair: Pair
    extra: dict[str, Any]


class Outputs(nn.Module):
    """A dataclass with a named tuple and a dict inside; one tensor twice."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Result:
        y = self.fc(x)
        return Result(y, Pair(x.relu(), y), {"norm": y.norm(), "rows": len(x), "none": None})


class Inputs(nn.Module):
    """Nested positional inputs, keyword-only tensors, numbers and flags."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, batch: dict[str, Any], scale: int, *, mask: Tensor, bias: Tensor | None = None) -> Tensor:
        y = self.fc(batch["x"][0]) * scale + batch["y"]
        y = y.masked_fill(mask, 0.0)
        return y if bias is None else y + bias


class NoInput(nn.Module):
    """Makes everything from what it owns."""

    def __init__(self) -> None:
        super().__init__()
        self.start = nn.Parameter(torch.randn(2, 4))
        self.fc = nn.Linear(4, 4)

    def forward(self) -> Tensor:
        return self.fc(self.start).relu()


class HandsOn(nn.Module):
    """Returns an input as it is, a weight, and what passed through layers that do nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(4))
        self.idle = nn.Sequential(nn.Identity(), nn.Dropout(0.5), nn.Identity())

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        return {"x": x, "weight": self.weight, "idle": self.idle(x)}


class SameInput(nn.Module):
    """One tensor is passed twice, and a view of it once more."""

    def forward(self, a: Tensor, b: Tensor, c: Tensor) -> Tensor:
        return a * 2 + b + c.sum()


class Slots:
    """Has no `__dict__`."""

    __slots__ = ("held",)

    def __init__(self, held: Tensor) -> None:
        self.held = held


class Slotted(nn.Module):
    """Takes and returns an object with slots."""

    def forward(self, given: Slots) -> Slots:
        return Slots(given.held * 2)


def outputs() -> Case:
    return Outputs(), (torch.randn(2, 4),), {}


def inputs() -> Case:
    batch = {"x": [torch.randn(2, 4), torch.randn(2, 4)], "y": torch.randn(2, 4)}
    return Inputs(), (batch, 3), {"mask": torch.tensor([[True, False, True, False]] * 2), "bias": torch.randn(4)}


def no_input() -> Case:
    return NoInput(), (), {}


def hands_on() -> Case:
    return HandsOn(), (torch.randn(2, 4),), {}


def same_input() -> Case:
    x = torch.randn(2, 4)
    return SameInput(), (x, x, x[0]), {}


def slots() -> Case:
    return Slotted(), (Slots(torch.randn(2, 4)),), {}
