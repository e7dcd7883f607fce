"""Writes into memory, and which of them a read is linked to."""

from __future__ import annotations

from dataclasses import dataclass

from graphviz_torch.trace.runtime.memory import Geometry, apart
from graphviz_torch.trace.runtime.records import Held, Op

MOST_WRITES = 32
FEW_WRITES = 16


@dataclass(slots=True)
class Write:
    """A write into memory.

    Attributes:
        place: where in it; `None` where that is not known.
        values: of tensors that were read after it, or of which only a part was written.
    """

    op: Op
    place: Geometry | None
    values: list[Held]


def last_writers(writes: list[Write], place: Geometry | None, made: int) -> list[Write]:
    """The operations after `made` that wrote where a tensor lies, without those that a later one of them goes on from.

    A write goes on from those whose elements it writes again. Where there are many, all are kept.
    """
    found: list[Write] = []
    later: list[Write] = []
    for write in reversed(writes):
        if write.op.id <= made:
            break
        if not apart(place, write.place):
            if len(later) > FEW_WRITES or all(apart(write.place, other.place) for other in later):
                found.append(write)
            later.append(write)
    return found[::-1]
