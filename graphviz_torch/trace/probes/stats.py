"""The range of every value of a run, read as soon as the value is there, since memory is written again later."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import torch

from graphviz_torch.trace.probes.activations import NONE, Activation, activation
from graphviz_torch.trace.probes.ranges import Ranges
from graphviz_torch.trace.probes.records import ValueStats
from graphviz_torch.trace.runtime.operations import Operation
from graphviz_torch.trace.runtime.recording import Recorder
from graphviz_torch.trace.runtime.records import Held, Op
from graphviz_torch.trace.runtime.structures import tensors_of
from graphviz_torch.trace.statics import Statics

Tensor = torch.Tensor
# Views that do not show each element once.
REPEATING = frozenset(("expand", "as_strided"))


class StatsRecorder(Recorder):
    """Reads each value once."""

    def __init__(self, statics: Statics, about_to_write: Callable[[Tensor], None]) -> None:
        super().__init__(statics, about_to_write)
        self._ranges = Ranges()
        self._places: list[tuple[Held, int]] = []
        self._of: dict[int, int] = {}
        self._reading = Op()

    def ranges(self) -> Iterator[tuple[Held, ValueStats]]:
        """Each value that has elements to read, with its range."""
        told = self._ranges.told()
        return ((held, found) for held, place in self._places if (found := told[place]) is not None)

    def hold(self, tensor: Tensor, source: str, op: Op | None, name: str = "", previous: Held | None = None) -> Held:
        """As for every recorder; what no operation made is read when it is met, and what was written is read again."""
        held = super().hold(tensor, source, op, name, previous)
        synthetic = op is not None and op.info is None
        if previous is not None and (source == "same" or synthetic):
            self._same(held, previous)
        elif op is None or source == "written" or synthetic:
            self._read(held, tensor, NONE)
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
                    self._read(held, tensor, activation(op))
        return out

    def _same(self, held: Held, other: Held) -> None:
        place = self._of.get(id(other))
        if place is not None:
            self._note(held, place)

    def _note(self, held: Held, place: int) -> None:
        self._of[id(held)] = place  # `_places` keeps the value, and so its identity
        self._places.append((held, place))

    def _read(self, held: Held, tensor: Tensor, made: Activation) -> None:
        outer, self.current = self.current, self.current or self._reading
        try:
            with torch._C.DisableTorchFunction():
                self._note(held, self._ranges.read(tensor, made))
        except (RuntimeError, NotImplementedError, TypeError):  # a kind of tensor that knows no such operations
            return
        finally:
            self.current = outer


def _alias(op: Op, held: Held) -> Held | None:
    """The operand that a view shows whole, so that it need not be read again."""
    if not held.storage or held.shape is None:
        return None
    for operand in op.operands:
        if operand.storage == held.storage and operand.version == held.version and operand.shape is not None:
            same = math.prod(operand.shape) == math.prod(held.shape) and operand.dtype == held.dtype
            return operand if same and len(op.operands) == 1 and op.name not in REPEATING else None
    return None
