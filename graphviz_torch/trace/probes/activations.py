"""What is read of activations beside their range: how near they came to their limits, and which units are silent."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import torch

from graphviz_torch.trace.runtime.records import Op

Tensor = torch.Tensor
Silent = tuple[tuple[int, int], ...]
NEAR = 1e-3


class Activation(NamedTuple):
    """What an operation does to single numbers.

    Attributes:
        low, high: where it ends in a flat; infinite where it does not.
        rectifies: whether what is low enough becomes zero, and hands no gradient on.
    """

    low: float = -math.inf
    high: float = math.inf
    rectifies: bool = False

    @property
    def limited(self) -> bool:
        """Whether there is a limit to come near to."""
        return math.isfinite(self.low) or math.isfinite(self.high)


NONE = Activation()
RECTIFIER = Activation(rectifies=True)
# Not those that keep a slope on the other side (`leaky_relu`, `elu`; `gelu` and `silu` lose it far out alone): a unit
# can come back from there. `clamp` limits numbers of every kind, not those of units.
KNOWN = {
    "sigmoid": Activation(0.0, 1.0),
    "hardsigmoid": Activation(0.0, 1.0),
    "tanh": Activation(-1.0, 1.0),
    "relu": RECTIFIER,
    "threshold": RECTIFIER,
    "hardswish": RECTIFIER,
    "relu6": Activation(high=6.0, rectifies=True),
}


def activation(op: Op) -> Activation:
    """What an operation does, as far as that is known."""
    name = op.name.strip("_")
    return _between(op) if name == "hardtanh" else KNOWN.get(name, NONE)


def _between(op: Op) -> Activation:
    """`hardtanh`, which is `ReLU6` where it begins at zero; there zero is no limit to come near to: most rest there."""
    low, high = (
        op.kwargs.get(name, op.args[place] if len(op.args) > place else usual)
        for place, name, usual in ((1, "min_val", -1.0), (2, "max_val", 1.0))
    )
    return Activation(-math.inf if low == 0 else float(low), float(high), low == 0)


def near(numbers: Tensor, limits: Activation) -> Tensor:
    """Which numbers are as good as at a limit."""
    return (numbers - limits.low < NEAR) | (limits.high - numbers < NEAR)


def silent(stacked: Tensor) -> Iterator[Silent]:
    """How many units are zero throughout, for each of several tensors of one shape.

    Which dimension is that of the units, only the graph around can tell: channels or features.

    Returns:
        For each tensor the dimensions that may be meant, with the number of their indexes under which all is zero.
    """
    rank = stacked.dim() - 1
    axes = sorted({1, rank - 1}) if rank > 1 else []
    counts = [_zero(stacked, axis + 1) for axis in axes]
    for place in range(len(stacked)):
        yield tuple((axis, count[place]) for axis, count in zip(axes, counts, strict=True))


def _zero(stacked: Tensor, axis: int) -> Sequence[int]:
    others = [place for place in range(1, stacked.dim()) if place != axis]
    found: list[int] = (stacked.amax(others) == 0).sum(1).tolist()
    return found
