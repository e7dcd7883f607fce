"""The range of every value of a run, read as soon as the value is there, since memory is written again later."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch

from graphviz_torch.trace import compat
from graphviz_torch.trace.probes.records import ValueStats
from graphviz_torch.trace.runtime.operations import Operation
from graphviz_torch.trace.runtime.recording import Recorder
from graphviz_torch.trace.runtime.records import Held, Op
from graphviz_torch.trace.runtime.structures import tensors_of
from graphviz_torch.trace.statics import Statics

Tensor = torch.Tensor
# Of large tensors one piece after the other is read, so that each is fetched from memory once.
PIECE = 1 << 17
# Single precision tells the spread where the squares are this many times those of the mean.
CLOSE = 1.05
RECTIFIERS = frozenset(("relu", "relu_", "relu6", "threshold"))
LIMITS = {
    "sigmoid": (0.0, 1.0), "sigmoid_": (0.0, 1.0), "hardsigmoid": (0.0, 1.0), "softmax": (0.0, 1.0),
    "tanh": (-1.0, 1.0), "tanh_": (-1.0, 1.0), "hardtanh": (-1.0, 1.0),
}  # fmt: skip
NEAR = 1e-3


class StatsRecorder(Recorder):
    """Reads each value once.

    Attributes:
        ranges: each value with its range.
    """

    def __init__(self, statics: Statics, about_to_write: Callable[[Tensor], None]) -> None:
        super().__init__(statics, about_to_write)
        self.ranges: list[tuple[Held, ValueStats]] = []
        self._of: dict[int, ValueStats] = {}

    def hold(self, tensor: Tensor, source: str, op: Op | None, name: str = "", previous: Held | None = None) -> Held:
        """As for every recorder; what no operation made is read when it is met, and what was written is read again."""
        held = super().hold(tensor, source, op, name, previous)
        synthetic = op is not None and op.info is None
        if previous is not None and (source == "same" or synthetic):
            self._same(held, previous)
        elif op is None or source == "written" or synthetic:
            self._read(held, tensor, "")
        return held

    def run(self, info: Operation, function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """As for every recorder; then what the operation made is read."""
        place = len(self.ops)
        out = super().run(info, function, args, kwargs)
        if place < len(self.ops):
            op = self.ops[place]
            for held, tensor in zip(op.results, tensors_of(out), strict=False):
                alias = _alias(op, held)
                if alias is not None:
                    self._same(held, alias)
                else:
                    self._read(held, tensor, op.name)
        return out

    def _same(self, held: Held, other: Held) -> None:
        found = self._of.get(id(other))
        if found is not None:
            self._note(held, found)

    def _note(self, held: Held, found: ValueStats) -> None:
        self._of[id(held)] = found  # `ranges` keeps the value, and so its identity
        self.ranges.append((held, found))

    def _read(self, held: Held, tensor: Tensor, name: str) -> None:
        outer, self.current = self.current, self.current or Op()
        try:
            with torch._C.DisableTorchFunction(), torch.no_grad():
                found = _stats(tensor, name)
        except (RuntimeError, NotImplementedError, TypeError):  # a kind of tensor that knows no such operations
            return
        finally:
            self.current = outer
        if found is not None:
            self._note(held, found)


def _alias(op: Op, held: Held) -> Held | None:
    """The operand that a view shows whole, so that it need not be read again."""
    if not held.storage or held.shape is None:
        return None
    for operand in op.operands:
        if operand.storage == held.storage and operand.version == held.version and operand.shape is not None:
            same = math.prod(operand.shape) == math.prod(held.shape) and operand.dtype == held.dtype
            return operand if same and len(op.operands) == 1 and op.name not in ("expand", "as_strided") else None
    return None


def _stats(tensor: Tensor, name: str) -> ValueStats | None:
    plain = compat.functorch_base(tensor)
    if plain.device.type == "meta" or plain.layout is not torch.strided or not plain.numel():
        return None
    plain = plain.detach()
    if plain.is_complex():
        plain = plain.abs()
    found = _Sums()
    flat = plain.reshape(-1)
    for start in range(0, flat.numel(), PIECE):
        found.add(flat[start : start + PIECE], LIMITS.get(name))
    dead = _dead(plain) if name in RECTIFIERS and plain.dim() > 1 else None
    return found.told(flat.numel(), dead, name in LIMITS)


class _Sums:
    """Adds up what is known of the pieces of one tensor."""

    def __init__(self) -> None:
        self.low, self.high = math.inf, -math.inf
        self.sum = self.squares = 0.0
        self.zeros = self.nan = self.inf = self.near = 0

    def add(self, piece: Tensor, limits: tuple[float, float] | None) -> None:
        """Adds one piece."""
        self.zeros += piece.numel() - int(torch.count_nonzero(piece))
        if not piece.is_floating_point():
            piece = piece.double()
        elif piece.dtype not in (torch.float32, torch.float64):
            piece = piece.float()
        low, high = (float(end) for end in torch.aminmax(piece))
        if not (math.isfinite(low) and math.isfinite(high)):  # NaN goes through to both ends
            self.nan += int(torch.isnan(piece).sum())
            self.inf += int(torch.isinf(piece).sum())
            piece = piece[torch.isfinite(piece)]
            if not piece.numel():
                return
            low, high = (float(end) for end in torch.aminmax(piece))
        self.low, self.high = min(self.low, low), max(self.high, high)
        total, squares = float(piece.sum()), float(torch.dot(piece, piece))
        if not squares > CLOSE * total * total / piece.numel():  # what spreads little about a large mean, or is huge
            total = float(piece.sum(dtype=torch.float64))
            squares = float(torch.linalg.vector_norm(piece, dtype=torch.float64)) ** 2
        self.sum += total
        self.squares += squares
        if limits is not None:
            near = (piece - limits[0] < NEAR) | (limits[1] - piece < NEAR)
            self.near += int(torch.count_nonzero(near))

    def told(self, elements: int, dead: tuple[int, int] | None, limited: bool) -> ValueStats:
        """The range."""
        count = elements - self.nan - self.inf
        if not count:
            return ValueStats(elements, 0.0, 0.0, 0.0, 0.0, 0.0, self.nan, self.inf)
        mean = self.sum / count
        std = math.sqrt(max(self.squares / count - mean * mean, 0.0))
        saturated = self.near / count if limited else None
        zeros = self.zeros / elements
        return ValueStats(elements, self.low, self.high, mean, std, zeros, self.nan, self.inf, dead, saturated)


def _dead(plain: Tensor) -> tuple[int, int]:
    """How many units are zero for the whole input: channels of an image, else the last dimension."""
    unit = 1 if plain.dim() in (2, 4, 5) else plain.dim() - 1
    others = [axis for axis in range(plain.dim()) if axis != unit]
    highest = plain.amax(others)
    return int((highest <= 0).sum()), int(highest.numel())
