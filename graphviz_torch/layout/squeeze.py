"""Takes out stretches along the flow in which nothing stands and no line bends, as are left where pieces have moved."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from graphviz_torch.layout.plan import Piece
from graphviz_torch.layout.scene import Command, Path
from graphviz_torch.layout.styles import ARROW

KEPT = 8.0  # of an empty stretch


class Cut(NamedTuple):
    """A stretch to take out: where it starts, and how much of it goes."""

    start: float
    size: float


def cuts(
    pieces: Sequence[Piece], along: Sequence[float], paths: Iterable[Path], length: float, shortest: float
) -> list[Cut]:
    """What can be taken out, so that at least `shortest` of the length is left."""
    taken = [
        (at - ARROW if piece.size else at, at + piece.size + piece.band)
        for piece, at in zip(pieces, along, strict=True)
    ]
    for path in paths:
        taken.extend((path[number - 1][-1], step[-1]) for number, step in enumerate(path) if len(step) == 6)
    found: list[Cut] = []
    spare = length - shortest
    end = 0.0
    for start, stop in sorted((min(pair), max(pair)) for pair in taken):
        size = min(start - end - KEPT, spare)
        if size > 0:
            found.append(Cut(end, size))
            spare -= size
        end = max(end, stop)
    return found


def shorter(at: float, found: Iterable[Cut]) -> float:
    """A place along the flow when the cuts are made."""
    return at - sum(min(max(at - cut.start - KEPT, 0.0), cut.size) for cut in found)


def shorter_path(path: Path, found: Iterable[Cut]) -> Path:
    """A line when the cuts are made."""
    return tuple(_moved(step, found) for step in path)


def _moved(step: Command, found: Iterable[Cut]) -> Command:
    if len(step) == 2:
        return (step[0], shorter(step[1], found))
    x1, y1, x2, y2, x3, y3 = step
    return (x1, shorter(y1, found), x2, shorter(y2, found), x3, shorter(y3, found))
