"""Moves pieces along the flow to where they belong: below their maker or above their reader, where the way is free.

Ranks are as tall as their tallest piece, so that what stands beside a large frame would be far from what it is joined
with. A piece moves only in its own column, and with it the last curves of the lines that lead to it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import NamedTuple

from graphviz_torch.layout.network import Network, Step
from graphviz_torch.layout.scene import Path
from graphviz_torch.layout.styles import ARROW

LEAST = 40.0  # less is not worth a change
AIR = 8.0
STRAIGHT = 0.25
SIDE = 4.0  # of a line
MOST_ROWS = 6  # tried
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


class Lead(NamedTuple):
    """What leads to a piece: the least place of the piece, and the room of the curves before it.

    Attributes:
        low, high: how far the curves reach across.
        size: along the flow, before the piece.
    """

    least: float
    low: float
    high: float
    size: float


def settle(
    net: Network,
    x: list[float],
    along: list[float],
    lifts: list[float],
    paths: Sequence[Path],
    rows: Sequence[tuple[float, float]],
    draw: Callable[[int], Path],
) -> bool:
    """Changes `along` and `lifts`; says whether anything moved.

    Args:
        lifts: of each piece, how far the last curves of the lines to it are moved up.
        paths: the line of each link in coordinates of the flow, before anything moves.
        rows: where each rank starts, and where its labels end.
        draw: the line of one link by its number, as pieces lie now.
    """
    if len(net.rank) > MOST_VERTICES:
        return False
    mover = _Mover(net, x, along, lifts, paths, rows, draw)
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
        lifts: list[float],
        paths: Sequence[Path],
        rows: Sequence[tuple[float, float]],
        draw: Callable[[int], Path],
    ) -> None:
        self._net = net
        self._x = x
        self._along = along
        self._lifts = lifts
        self._paths = paths
        self._rows = rows
        self._draw = draw
        self._lines: list[list[Rect]] | None = None
        self._own: dict[int, set[int]] = {}

    def up(self, vertex: int) -> bool:
        """Moves a piece to right below what it reads, or as near as can be."""
        here, rank = self._along[vertex], self._net.rank[vertex]
        lead = None if self._net.plan.pieces[vertex].late else self._lead(vertex)
        if lead is None or lead.least > here - LEAST:
            return False
        offset = here - self._rows[rank][0]
        first = bisect_left(self._rows, (lead.least - offset, 0.0), hi=rank)
        spots = [lead.least, *(self._rows[r][0] + offset for r in range(first, min(rank, first + MOST_ROWS)))]
        return any(self._lift(vertex, spot, lead) for spot in spots if lead.least <= spot <= here - LEAST)

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
        return any(self._move(vertex, spot) for spot in spots if here + LEAST <= spot <= limit)

    def _straight(self, vertex: int, sides: list[list[Step]]) -> int | None:
        """The piece that the only line on one side leads to, if it is straight."""
        while True:
            if len(sides[vertex]) != 1:
                return None
            step = sides[vertex][0]
            if self._is_bent(vertex, step):
                return None
            vertex = step.to
            if vertex < len(self._net.plan.pieces):
                return vertex

    def _is_bent(self, vertex: int, step: Step) -> bool:
        return abs(self._x[step.to] + step.shift - self._x[vertex]) >= STRAIGHT

    def _lead(self, vertex: int) -> Lead | None:
        """What leads to a piece, if all of it can move along."""
        net, rank = self._net, self._net.rank[vertex]
        if not net.ups[vertex] or not self._follows(vertex) or self._is_output(vertex):
            return None
        row = self._rows[rank][0]
        size = row - self._rows[rank - 1][1]
        offset = self._along[vertex] - row
        base = max(self._base(step.to) for step in net.ups[vertex])
        bent = [step for step in net.ups[vertex] if self._is_bent(vertex, step)]
        if not bent:
            return Lead(base + AIR + ARROW, self._x[vertex], self._x[vertex], ARROW)
        ends = [end for step in bent for end in (self._x[vertex] + step.here, self._x[step.to] + step.there)]
        return Lead(base + size + offset, min(ends), max(ends), size + offset)

    def _is_output(self, vertex: int) -> bool:
        """Whether a piece ends the whole picture: those stay in one row."""
        plan = self._net.plan
        return not (plan.ins or plan.outs or self._net.downs[vertex])

    def _follows(self, vertex: int) -> bool:
        """Whether no line of a piece runs against the flow, and none that leads to it in a lane."""
        net = self._net
        return not any(
            net.turned[number] or (net.chains[number] is None and net.plan.links[number].target == vertex)
            for number in self._links(vertex)
        )

    def _base(self, vertex: int) -> float:
        """Where a line begins to be straight, above a piece or a bend."""
        while vertex >= len(self._net.plan.pieces):
            step = self._net.ups[vertex][0]
            if self._is_bent(vertex, step):
                return self._rows[self._net.rank[vertex]][0]
            vertex = step.to
        return self._end(vertex)

    def _lift(self, vertex: int, to: float, lead: Lead) -> bool:
        """Moves a piece and the curves that lead to it, if their new room is free."""
        before = Rect(lead.low - SIDE, lead.high + SIDE, to - lead.size, to - ARROW)
        bends = lead.low < lead.high
        if bends and not self._is_free(vertex, before, but=self._shared(vertex)):
            return False
        old = self._along[vertex]
        self._lifts[vertex] += (old - to) if bends else 0.0
        if self._move(vertex, to):
            return True
        self._lifts[vertex] -= (old - to) if bends else 0.0
        return False

    def _move(self, vertex: int, to: float) -> bool:
        """Moves a piece, if its new room is free."""
        old = self._rect(vertex)
        lead = ARROW if to < old.start else 0.0
        if not self._is_free(vertex, old._replace(start=to - lead, end=to + old.end - old.start)):
            return False
        self._along[vertex] = to
        for number in self._links(vertex):
            self._stretches()[number] = _parts(self._draw(number))
        return True

    def _is_free(self, vertex: int, room: Rect, but: frozenset[int] = frozenset()) -> bool:
        """Whether nothing stands in a room but the piece itself, its lines, and some other lines."""
        if any(other != vertex and room.touches(self._rect(other)) for other in range(len(self._net.plan.pieces))):
            return False
        own = self._links(vertex)
        return not any(
            room.touches(part)
            for number, line in enumerate(self._stretches())
            if number not in own and number not in but
            for part in line
        )

    def _shared(self, vertex: int) -> frozenset[int]:
        """The lines that begin as a line to this piece does."""
        links = self._net.plan.links
        makers = {(links[n].source, links[n].key) for n in self._links(vertex) if links[n].target == vertex}
        return frozenset(n for n, link in enumerate(links) if (link.source, link.key) in makers)

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
