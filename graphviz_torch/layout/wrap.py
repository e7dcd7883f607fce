"""Lays out a frame in which branches stand in several rows: each block of rows as one piece, then what is in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from graphviz_torch.layout.blocks import Block, begin
from graphviz_torch.layout.cells import Cell, cells, way_out
from graphviz_torch.layout.grid import Grid, Point, grid
from graphviz_torch.layout.lines import joined, moved, rounded
from graphviz_torch.layout.plan import Level, Link, Piece, Plan
from graphviz_torch.layout.scene import Path


class Placed(NamedTuple):
    """A block, laid out."""

    block: Block
    cells: list[Cell]
    grid: Grid

    def piece(self) -> Piece:
        """The block as one piece."""
        return Piece(self.grid.width / 2, self.grid.width / 2, self.grid.length, 0.0)


def wrap(plan: Plan, blocks: Sequence[Block], flow: Callable[[Plan], Level]) -> Level:
    """The level of a frame with blocks.

    Args:
        flow: lays out a plan, with all lines along the flow.
    """
    placed = []
    for block in blocks:
        found = cells(plan, block, flow)
        placed.append(Placed(block, found, grid(block, found)))
    homes = {
        v: (number, cell, place)
        for number, block in enumerate(placed)
        for cell, found in enumerate(block.cells)
        for place, v in enumerate(found.pieces, len(found.ins))
    }
    whole = _Wrapped(plan, placed, homes, {}, {}, {})
    return whole.level(flow(whole.outer()))


@dataclass(slots=True)
class _Wrapped:
    """A frame, each of its blocks one piece.

    Attributes:
        homes: for each piece in a block: the number of the block, of the cell, and of the piece in it.
        places: of the other pieces among those that are laid out, and of the blocks.
        numbers: for each link the number of the one that is laid out in its place.
    """

    plan: Plan
    placed: Sequence[Placed]
    homes: dict[int, tuple[int, int, int]]
    places: dict[int, int]
    blocks: dict[int, int]
    numbers: dict[int, int]

    def outer(self) -> Plan:
        """The plan with each block as one piece."""
        pieces: list[Piece] = []
        for v, piece in enumerate(self.plan.pieces):
            block = self.homes[v][0] if v in self.homes else None
            if block is None:
                self.places[v] = len(pieces)
                pieces.append(piece)
            elif block not in self.blocks:
                self.blocks[block] = len(pieces)
                pieces.append(self.placed[block].piece())
        links: dict[Link, int] = {}
        keys: dict[object, int] = {}
        for number, link in enumerate(self.plan.links):
            if not self._is_inner(link):
                self.numbers[number] = links.setdefault(self._outer_link(link, keys), len(links))
        loose = tuple(self.places[v] for v in self.plan.loose if v in self.places)
        return self.plan._replace(pieces=tuple(pieces), links=tuple(links), loose=loose)

    def _is_inner(self, link: Link) -> bool:
        one, other = self.homes.get(link.source), self.homes.get(link.target)
        return one is not None and other is not None and one[:2] == other[:2]

    def _outer_link(self, link: Link, keys: dict[object, int]) -> Link:
        source, target, leaves, enters = link.source, link.target, link.leaves, link.enters
        key: object = link.key
        if source in self.homes:
            block = self.homes[source][0]
            leaves = self._out(link)[0][0] - self.placed[block].grid.width / 2
            key = (block, way_out(self.placed[block].block, link))
        if target in self.homes:
            enters = self._into(link)[0][0] - self.placed[self.homes[target][0]].grid.width / 2
        ends = (self._place(source), self._place(target))
        return Link(*ends, leaves, enters, keys.setdefault(key, len(keys)), link.state)

    def _place(self, piece: int) -> int:
        home = self.homes.get(piece)
        return self.places[piece] if home is None else self.blocks[home[0]]

    def _into(self, link: Link) -> tuple[Point, ...]:
        """The way of a link from the edge of a block to the cell where it ends."""
        block, cell, _ = self.homes[link.target]
        return self.placed[block].grid.ins[cell, begin(link)]

    def _out(self, link: Link) -> tuple[Point, ...]:
        """The way of a link from the edge of a block back to the cell where it begins."""
        block, cell, _ = self.homes[link.source]
        return self.placed[block].grid.outs[cell, way_out(self.placed[block].block, link)]

    def level(self, outer: Level) -> Level:
        """All of the frame, where the plan with each block as one piece is laid out."""
        spots = [self._spot(outer, v) for v in range(len(self.plan.pieces))]
        across, along = (tuple(values) for values in zip(*spots, strict=True))
        stems = tuple(at + piece.size for at, piece in zip(along, self.plan.pieces, strict=True))
        paths = tuple(self._path(outer, number) for number in range(len(self.plan.links)))
        leaves = tuple(self._leaves(outer, number) for number in range(len(self.plan.links)))
        return outer._replace(across=across, along=along, stems=stems, paths=paths, leaves=leaves)

    def _corner(self, outer: Level, block: int) -> Point:
        place = self.blocks[block]
        return outer.across[place] - self.placed[block].grid.width / 2, outer.along[place]

    def _origin(self, outer: Level, home: tuple[int, int, int]) -> Point:
        """What to add to the places in a cell."""
        corner, spot = self._corner(outer, home[0]), self.placed[home[0]].grid.spots[home[1]]
        return corner[0] + spot[0], corner[1] + spot[1]

    def _spot(self, outer: Level, piece: int) -> Point:
        home = self.homes.get(piece)
        if home is None:
            return outer.across[self.places[piece]], outer.along[self.places[piece]]
        level, place = self.placed[home[0]].cells[home[1]].level, home[2]
        x, y = self._origin(outer, home)
        return x + level.across[place], y + level.along[place]

    def _leaves(self, outer: Level, number: int) -> float:
        home = self.homes.get(self.plan.links[number].source)
        if home is None:
            return outer.leaves[self.numbers[number]]
        return self.placed[home[0]].cells[home[1]].leaves[number]

    def _path(self, outer: Level, number: int) -> Path:
        """A line: within its cell, out of its block, outside, into a block and within a cell."""
        link = self.plan.links[number]
        parts: list[Path] = []
        source, target = self.homes.get(link.source), self.homes.get(link.target)
        if source is not None:
            parts.append(self._within(outer, source, number))
            if not self._is_inner(link):
                parts.append(rounded(self._shifted(outer, source, self._out(link)[::-1])))
        if number in self.numbers:
            parts.append(outer.paths[self.numbers[number]])
        if target is not None and number in self.numbers:
            parts.append(rounded(self._shifted(outer, target, self._into(link))))
            parts.append(self._within(outer, target, number))
        return joined(parts)

    def _within(self, outer: Level, home: tuple[int, int, int], number: int) -> Path:
        return moved(self.placed[home[0]].cells[home[1]].ways[number], *self._origin(outer, home))

    def _shifted(self, outer: Level, home: tuple[int, int, int], points: Sequence[Point]) -> list[Point]:
        x, y = self._corner(outer, home[0])
        return [(x + across, y + along) for across, along in points]
