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
FARTHEST = 4


class Activation(NamedTuple):
    """What an operation does to single numbers.

    Attributes:
        low, high: where it ends in a flat; infinite where it does not.
        rectifies: whether what is low enough becomes zero, and hands no gradient on.
        axis: the dimension of the units, as far as it is known without looking far.
    """

    low: float = -math.inf
    high: float = math.inf
    rectifies: bool = False
    axis: int | None = None

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
    found = _between(op) if name == "hardtanh" else KNOWN.get(name, NONE)
    return found._replace(axis=_axis(op)) if found.rectifies else found


def _axis(op: Op) -> int | None:
    """The dimension in which the layer before makes its units: reading both that it may be costs time."""
    for _ in range(FARTHEST):
        if not op.operands:
            return None
        before = op.operands[0]
        while before.op is None and before.previous is not None:
            before = before.previous
        if before.op is None:
            return None
        op = before.op
        if op.name.startswith("conv") or op.name == "linear":
            return 1 if op.name != "linear" else -1
    return None


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


def silent(stacked: Tensor, axis: int | None) -> Iterator[Silent]:
    """How many units are zero throughout, for each of several tensors of one shape.

    Args:
        axis: the dimension of the units; where it is not known, only the graph can tell: channels or features.

    Returns:
        For each tensor the dimensions that may be meant, with the number of their indexes under which all is zero.
    """
    rank = stacked.dim() - 1
    axes = sorted({1, rank - 1} if axis is None else {axis % rank}) if rank > 1 else []
    counts = [_zero(stacked, place + 1) for place in axes]
    for place in range(len(stacked)):
        yield tuple((dim, count[place]) for dim, count in zip(axes, counts, strict=True))


def _zero(stacked: Tensor, axis: int) -> Sequence[int]:
    others = [place for place in range(1, stacked.dim()) if place != axis]
    found: list[int] = (stacked.amax(others) == 0).sum(1).tolist()
    return found
