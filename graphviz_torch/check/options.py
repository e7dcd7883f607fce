"""What a caller can ask of a check. No torch in here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """One check.

    Attributes:
        select: codes, or the beginnings of codes, that are looked for in place of the default set; `ALL` for every one.
        ignore: codes, or beginnings, that are left out.
        backward: run a backward pass, of the sum of the floating outputs or of `loss`.
        loss: from what the model returned to a scalar, or two tensors and more to that; see `trace.probes.gradients`.
        stats: read every value once more, for its range.
        time: run the model several times more, for the time of each operation.
        assume_device: the device that parameters, buffers and inputs are taken to be on: `cuda`.
        training, seed, target, roots: as in `TraceOptions`.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    backward: bool = False
    loss: Callable[..., Any] | None = None
    stats: bool = False
    time: bool = False
    assume_device: str = ""
    training: bool | None = None
    seed: int | None = 0
    target: str = ""
    roots: tuple[str, ...] = ()
