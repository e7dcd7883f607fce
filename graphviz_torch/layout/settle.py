"""Moves pieces along the flow to where they belong: below their maker or above their reader, where the way is free.

Ranks are as tall as their tallest piece, so that what stands beside a large frame would be far from what it is joined
with. A piece moves only in its own column, between two lines that stay straight; nothing else changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from graphviz_torch.layout.network import Network, Step
from graphviz_torch.layout.scene import Path
from graphviz_torch.layout.styles import ARROW

LEAST = 40.0  # less is not worth a change
AIR = 8.0
STRAIGHT = 0.25
SIDE = 4.0  # of a line
MOST_VERTICES = 3000


class Rect(NamedTuple):
    """A stretch of room, across and along the flow."""

    low: float
    high: float
    start: float
    end: float

    def touches(self, other: Rect) -> bool:
        """Whether two stretches share room."""
        return self.low < other.high and other.low < self.high and self.start < other.end and other.start < self.end


def settle(
    net: Network, x: list[float], along: list[float], paths: Sequence[Path], rows: Sequence[tuple[float, float]]
) -> bool:
    """Changes `along`; says whether anything moved.

    Args:
        paths: the line of each link in coordinates of the flow, before anything moves.
        rows: where each rank starts, and where its labels end.
    """
    if len(net.rank) > MOST_VERTICES:
        return False
    mover = _Mover(net, x, along, paths, rows)
    free = _free(net)
    order = sorted(range(net.plan.ins, len(net.plan.pieces) - net.plan.outs), key=lambda v: (net.rank[v], v))
    moved = False
    for vertex in reversed(order):
        if free[vertex]:
            moved |= mover.down(vertex)
    for vertex in order:
        if not free[vertex]:
            moved |= mover.up(vertex)
    return moved


def _free(net: Network) -> list[bool]:
    """Whether each vertex comes from nothing, and is a source or leads out; around the whole model, none does."""
    free = [bool(net.plan.ins or net.plan.outs)] * len(net.rank)
    for layer in net.layers:
        for vertex in layer:
            free[vertex] = free[vertex] and vertex >= net.plan.ins and all(free[step.to] for step in net.ups[vertex])
    leads = [False] * len(net.rank)
    for layer in reversed(net.layers):
        for vertex in layer:
            is_exit = len(net.plan.pieces) - net.plan.outs <= vertex < len(net.plan.pieces)
            leads[vertex] = is_exit or not net.ups[vertex] or any(leads[step.to] for step in net.downs[vertex])
    return [comes and goes for comes, goes in zip(free, leads, strict=True)]


class _Mover:
    """Knows what stands where."""

    def __init__(
        self,
        net: Network,
        x: list[float],
        along: list[float],
        paths: Sequence[Path],
        rows: Sequence[tuple[float, float]],
    ) -> None:
        self._net = net
        self._x = x
        self._along = along
        self._paths = paths
        self._rows = rows
        self._lines: list[list[Rect]] | None = None
        self._own: dict[int, set[int]] = {}

    def up(self, vertex: int) -> bool:
        """Moves a piece to right below what it reads, if that is above in a straight line; else as near as can be."""
        maker = self._straight(vertex, self._net.ups)
        if maker is None or self._net.plan.pieces[vertex].late:
            return False
        here, rank = self._along[vertex], self._net.rank[vertex]
        limit = self._end(maker) + AIR + ARROW
        spots = [limit, *(self._rows[r][0] for r in range(self._net.rank[maker] + 1, rank + 1))]
        return any(self._move(vertex, spot, ARROW) for spot in spots if limit <= spot <= here - LEAST)

    def down(self, vertex: int) -> bool:
        """Moves a piece to right above what reads it, or as near as can be."""
        if self._net.plan.pieces[vertex].late or not self._net.downs[vertex]:
            return False
        here, rank = self._along[vertex], self._net.rank[vertex]
        high = self._end(vertex) - here
        limit = self._rows[rank][1] - high
        spots = [limit]
        reader = self._straight(vertex, self._net.downs)
        if reader is not None and self._net.plan.pieces[reader].size:
            limit = self._along[reader] - AIR - ARROW - high
            spots = [limit, *(self._rows[r][1] - high for r in range(self._net.rank[reader] - 1, rank - 1, -1))]
        return any(self._move(vertex, spot, 0.0) for spot in spots if here + LEAST <= spot <= limit)

    def _straight(self, vertex: int, sides: list[list[Step]]) -> int | None:
        """The piece that the only line on one side leads to, if it is straight."""
        while True:
            if len(sides[vertex]) != 1:
                return None
            step = sides[vertex][0]
            if abs(self._x[step.to] + step.shift - self._x[vertex]) >= STRAIGHT:
                return None
            vertex = step.to
            if vertex < len(self._net.plan.pieces):
                return vertex

    def _move(self, vertex: int, to: float, lead: float) -> bool:
        """Moves a piece, if its new room is free."""
        old = self._rect(vertex)
        room = old._replace(start=to - lead, end=to + old.end - old.start)
        if any(other != vertex and room.touches(self._rect(other)) for other in range(len(self._net.plan.pieces))):
            return False
        own, lines = self._links(vertex), self._stretches()
        if any(room.touches(part) for number, line in enumerate(lines) if number not in own for part in line):
            return False
        self._along[vertex] = to
        for number in own:
            self._follow(number, vertex, old, room._replace(start=to))
        return True

    def _follow(self, number: int, vertex: int, old: Rect, new: Rect) -> None:
        """Makes the line of a link longer or shorter at the end where its piece has moved."""
        link, line = self._net.plan.links[number], self._stretches()[number]
        if link.source == vertex:
            at = self._x[vertex] + link.leaves
            kept = [part._replace(start=max(part.start, new.end)) for part in line if part.end > new.end]
            added = Rect(at - SIDE, at + SIDE, new.end, old.end)
        else:
            at = self._x[vertex] + link.enters
            kept = [part._replace(end=min(part.end, new.start)) for part in line if part.start < new.start]
            added = Rect(at - SIDE, at + SIDE, old.start, new.start)
        line[:] = [*kept, added] if added.start < added.end else kept

    def _end(self, vertex: int) -> float:
        """Where a piece and its labels end."""
        piece = self._net.plan.pieces[vertex]
        return self._along[vertex] + piece.size + piece.band

    def _rect(self, vertex: int) -> Rect:
        """The room of a piece and its labels."""
        middle = self._x[vertex]
        low, high = middle - self._net.before[vertex], middle + self._net.after[vertex]
        return Rect(low, high, self._along[vertex], self._end(vertex))

    def _links(self, vertex: int) -> set[int]:
        """The numbers of the links that begin or end at a piece."""
        if not self._own:
            for number, link in enumerate(self._net.plan.links):
                self._own.setdefault(link.source, set()).add(number)
                self._own.setdefault(link.target, set()).add(number)
        return self._own.get(vertex, set())

    def _stretches(self) -> list[list[Rect]]:
        """The room of each part of each line."""
        if self._lines is None:
            self._lines = [_parts(path) for path in self._paths]
        return self._lines


def _parts(path: Path) -> list[Rect]:
    found = []
    at = path[0]
    for step in path[1:]:
        (x0, y0), (x1, y1) = at[-2:], step[-2:]
        found.append(Rect(min(x0, x1) - SIDE, max(x0, x1) + SIDE, min(y0, y1) - 1, max(y0, y1) + 1))
        at = step
    return found
