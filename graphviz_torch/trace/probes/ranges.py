"""The range of tensors: of large ones piece by piece, of small ones of one shape together, as it is calls that cost."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import repeat

import torch

from graphviz_torch.trace import compat
from graphviz_torch.trace.probes.activations import NONE, Activation, Silent, near, silent
from graphviz_torch.trace.probes.records import ValueStats

Tensor = torch.Tensor
Kind = tuple[torch.Size, torch.dtype, torch.device, Activation]
# Of large tensors one piece after the other is read, so that each is fetched from memory once.
PIECE = 1 << 17
# Smaller ones are copied and wait for more of their shape: so many elements of one kind, and of all.
SMALL, TOGETHER, WAITING = 1 << 12, 1 << 15, 1 << 20
PLAIN = (Tensor, torch.nn.Parameter)
# Single precision tells the spread where the squares are this many times those of the mean.
CLOSE = 1.05
LARGEST = torch.finfo(torch.float64).max


class Ranges:
    """Reads tensors as they are now; tells what was read in the end."""

    def __init__(self) -> None:
        self._told: list[ValueStats | None] = []
        self._waiting: dict[Kind, list[tuple[int, Tensor]]] = {}
        self._elements = 0

    def read(self, tensor: Tensor, made: Activation = NONE) -> int:
        """Reads a tensor.

        Args:
            made: what the operation that made it is as an activation.

        Returns:
            The place of its range in what `told` returns.
        """
        place = len(self._told)
        self._told.append(None)
        plain = compat.functorch_base(tensor).detach()
        elements = plain.numel()
        if plain.layout is not torch.strided or not elements or plain.device.type == "meta":
            return place
        if elements > SMALL or type(tensor) not in PLAIN or plain.is_complex():
            self._told[place] = _one(plain, made)
        else:
            self._wait((plain.shape, plain.dtype, plain.device, made), place, plain.clone(), elements)
        return place

    def told(self) -> list[ValueStats | None]:
        """The ranges in the order in which the tensors were read; `None` for those without elements to read."""
        for kind in tuple(self._waiting):
            self._read(kind)
        return self._told

    def _wait(self, kind: Kind, place: int, copy: Tensor, elements: int) -> None:
        group = self._waiting.setdefault(kind, [])
        group.append((place, copy))
        self._elements += elements
        if len(group) * elements >= TOGETHER:
            self._read(kind)
        elif self._elements >= WAITING:
            self.told()

    def _read(self, kind: Kind) -> None:
        group = self._waiting.pop(kind)
        self._elements -= len(group) * kind[0].numel()
        try:
            found = list(_together(torch.stack([copy for _, copy in group]), kind[-1]))
        except (RuntimeError, NotImplementedError, TypeError):  # numbers that know no such operations
            return
        for (place, _), stats in zip(group, found, strict=True):
            self._told[place] = stats


def _together(stacked: Tensor, made: Activation) -> Iterator[ValueStats]:
    """The range of each of several tensors of one shape."""
    rows = stacked.reshape(len(stacked), -1).double()
    elements = rows.shape[1]
    mean = rows.mean(1)
    apart = rows - mean.unsqueeze(1)
    columns = [rows.amin(1), rows.amax(1), mean, (apart * apart).mean(1).sqrt_(), rows.sign().abs_().sum(1)]
    if made.limited:
        columns.append(near(rows, made).double().sum(1))
    zeros = silent(stacked.abs(), made.axis) if made.rectifies else repeat(())
    for place, (numbers, dead) in enumerate(zip(torch.stack(columns, 1).tolist(), zeros, strict=False)):
        low, high, middle, std, filled, *close = numbers
        if not (math.isfinite(low) and math.isfinite(high) and math.isfinite(std)):
            yield _one(stacked[place].double(), made)
        else:
            share = close[0] / elements if close else None
            yield ValueStats(elements, low, high, middle, std, (elements - filled) / elements, 0, 0, share, dead)


def _one(plain: Tensor, made: Activation) -> ValueStats:
    if plain.is_complex():
        plain = plain.abs()
    once, times = _unrepeated(plain)
    found = _Sums()
    flat = once.reshape(-1)
    for start in range(0, flat.numel(), PIECE):
        found.add(flat[start : start + PIECE], made)
    dead = next(silent((plain.abs() if found.low < 0 else plain).unsqueeze(0), made.axis)) if made.rectifies else ()
    return found.told(flat.numel(), times, made.limited, dead)


def _unrepeated(plain: Tensor) -> tuple[Tensor, int]:
    """What an expanded tensor repeats, once, and how many times it does."""
    times = 1
    for axis, (size, stride) in enumerate(zip(plain.shape, plain.stride(), strict=True)):
        if stride == 0 and size > 1:
            plain, times = plain.narrow(axis, 0, 1), times * size
    return plain, times


class _Sums:
    """Adds up what is known of the pieces of one tensor."""

    def __init__(self) -> None:
        self.low, self.high = math.inf, -math.inf
        self.sum = self.squares = 0.0
        self.zeros = self.nan = self.inf = self.near = 0

    def add(self, piece: Tensor, made: Activation) -> None:
        """Adds one piece."""
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
        self.zeros += _zeros(piece, low, high)
        total, squares = float(piece.sum()), float(torch.dot(piece, piece))
        if not squares > CLOSE * total * total / piece.numel():  # what spreads little about a large mean, or is huge
            total = float(piece.sum(dtype=torch.float64))
            squares = float(torch.linalg.vector_norm(piece, dtype=torch.float64)) ** 2
        self.sum += total
        self.squares += squares
        if made.limited:
            self.near += int(torch.count_nonzero(near(piece, made)))

    def told(self, elements: int, times: int, limited: bool, dead: Silent) -> ValueStats:
        """The range of a tensor that repeats so many elements so many times."""
        count, all_of_them = elements - self.nan - self.inf, elements * times
        nan, inf = self.nan * times, self.inf * times
        if not count:
            return ValueStats(all_of_them, 0.0, 0.0, 0.0, 0.0, 0.0, nan, inf)
        mean = self.sum / count
        spread = self.squares / count - mean * mean
        std = math.sqrt(max(spread, 0.0)) if math.isfinite(spread) else LARGEST
        saturated = self.near / count if limited else None
        return ValueStats(all_of_them, self.low, self.high, mean, std, self.zeros / elements, nan, inf, saturated, dead)


def _zeros(piece: Tensor, low: float, high: float) -> int:
    """How many elements are zero; signs are added up many times faster than elements compared."""
    if low > 0 or high < 0:
        return 0
    signs = piece.sign()
    return piece.numel() - int(torch.dot(signs, signs))
