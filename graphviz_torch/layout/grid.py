"""A block of branches in rows and columns, and the lines to and from them: upright beside rows and columns, level
between rows.

What several branches read comes down on the left of all rows and turns into each; what several branches make for one
reader is gathered on the right. Lines of one branch alone run beside its column: what leads in on the right of it, what
leads out on the left. So none of them cross but at right angles.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from graphviz_torch.layout.blocks import Block, Ends
from graphviz_torch.layout.cells import Cell
from graphviz_torch.layout.styles import EDGE_GAP, ITEM_GAP

STEP = 10.0  # from line to line
AIR = 12.0  # from a line to what it passes

Point = tuple[float, float]
Way = tuple[int, Ends]  # the number of a cell, and what the lines on a way into it or out of it have in common


class Grid(NamedTuple):
    """Where everything in a block lies, from its upper left corner.

    Attributes:
        spots: what to add to the places in each cell.
        ins, outs: the corners of each way between the edge of the block and a cell, from the edge.
    """

    width: float
    length: float
    spots: list[Point]
    ins: dict[Way, tuple[Point, ...]]
    outs: dict[Way, tuple[Point, ...]]


class Row(NamedTuple):
    """Where a row lies along the flow: the lines to it, its cells, the lines from it."""

    above: tuple[float, ...]
    start: float
    end: float
    below: tuple[float, ...]


class Columns(NamedTuple):
    """Where columns lie across the flow: the left of their cells, and lines that pass other rows."""

    lefts: list[float]
    lanes: dict[Way, float]
    first: float
    last: float


class Side(NamedTuple):
    """The lines on one side of rows.

    Attributes:
        shared: what several branches share, with the place across the flow where that runs past rows.
        enters: where each of these crosses the edge of the block.
        edge: of the block, along the flow.
        lines: for each row the places of its lines, shared ones first.
        nearest: the row beside the edge.
    """

    shared: dict[Ends, float]
    enters: list[float]
    edge: float
    lines: list[tuple[float, ...]]
    nearest: int


def grid(block: Block, cells: Sequence[Cell]) -> Grid:
    """Places cells and lines."""
    ins, outs = [cell.ins for cell in cells], [cell.outs for cell in cells]
    shared_in, shared_out = _shared(block, ins), _shared(block, outs)
    rows = _rows(block, cells, len(shared_in), len(shared_out))
    columns = _columns(block, cells, AIR + STEP * (len(shared_in) - 1) if shared_in else 0.0)
    rails_in = {ends: STEP * place for place, ends in enumerate(shared_in)}
    rails_out = {ends: columns.last + AIR + STEP * place for place, ends in enumerate(shared_out)}
    width = max([columns.last, *rails_out.values()])
    length = (rows[-1].below[-1] if rows[-1].below else rows[-1].end) + AIR
    before = Side(rails_in, _enters(block, ins, rails_in, columns), 0.0, [row.above for row in rows], 0)
    lines = [_outermost_first(row.below, len(rails_out)) for row in rows]
    after = Side(rails_out, _enters(block, outs, rails_out, columns), length, lines, block.rows - 1)
    found = Grid(width, length, [], {}, {})
    for number, cell in enumerate(cells):
        row, column = block.spot(number)
        x, y = columns.lefts[column] - cell.level.low, rows[row].start
        found.spots.append((x, y))
        found.ins.update(_ways(block, before, columns, number, {ends: (x + at, y) for ends, at in cell.ins.items()}))
        y += cell.level.length
        found.outs.update(_ways(block, after, columns, number, {ends: (x + at, y) for ends, at in cell.outs.items()}))
    return found


def _ways(
    block: Block, side: Side, columns: Columns, number: int, places: Mapping[Ends, Point]
) -> Iterator[tuple[Way, tuple[Point, ...]]]:
    """The ways between the edge of a block and one side of a cell, each with its corners."""
    row, shared, own = block.spot(number)[0], list(side.shared), _own(block, places)
    for ends, to in places.items():
        way = (number, ends)
        if ends in side.shared:
            yield way, _shared_way(side, row, shared.index(ends), to)
        else:
            yield way, _own_way(side, row, columns.lanes.get(way), own.index(ends), to)


def _shared(block: Block, ways: Sequence[Mapping[Ends, float]]) -> list[Ends]:
    """What several branches share, in the order of its first use."""
    return list(dict.fromkeys(ends for places in ways for ends in places if ends in block.shared))


def _own(block: Block, places: Iterable[Ends]) -> list[Ends]:
    """What a branch has alone."""
    return [ends for ends in places if ends not in block.shared]


def _rows(block: Block, cells: Sequence[Cell], ins: int, outs: int) -> list[Row]:
    found = []
    y = 0.0
    for row in range(block.rows):
        here = [cell for number, cell in enumerate(cells) if block.spot(number)[0] == row]
        above = ins + (max(len(_own(block, cell.ins)) for cell in here) if row else 0)
        below = outs + (max(len(_own(block, cell.outs)) for cell in here) if row < block.rows - 1 else 0)
        start = y + AIR + STEP * above
        end = start + max(cell.level.length for cell in here)
        lines = tuple(end + STEP * (place + 1) for place in range(below))
        found.append(Row(tuple(y + AIR + STEP * place for place in range(above)), start, end, lines))
        y = lines[-1] if lines else end
    return found


def _columns(block: Block, cells: Sequence[Cell], first: float) -> Columns:
    found = Columns([], {}, first, 0.0)
    x = first
    for column in range(block.columns):
        here = [number for number in range(len(cells)) if block.spot(number)[1] == column]
        leading_out = [(n, e) for n in here if block.spot(n)[0] < block.rows - 1 for e in _own(block, cells[n].outs)]
        x = _lanes(found.lanes, leading_out, x)
        found.lefts.append(x)
        x += max((cells[number].level.high - cells[number].level.low for number in here), default=0.0)
        leading_in = [(n, e) for n in here if block.spot(n)[0] for e in _own(block, cells[n].ins)]
        x = (_lanes(found.lanes, leading_in, x + AIR) if leading_in else x) + ITEM_GAP
    return found._replace(last=x - ITEM_GAP)


def _lanes(found: dict[Way, float], ways: Sequence[Way], x: float) -> float:
    """Gives each way a lane; returns where something else can stand."""
    for place, way in enumerate(ways):
        found[way] = x + STEP * place
    return x + STEP * (len(ways) - 1) + AIR if ways else x


def _outermost_first(lines: tuple[float, ...], shared: int) -> tuple[float, ...]:
    own = len(lines) - shared
    return (*lines[own:], *lines[:own])


def _enters(
    block: Block, ways: Sequence[Mapping[Ends, float]], rails: Mapping[Ends, float], columns: Columns
) -> list[float]:
    """Where shared lines cross the edge of a block: in its middle, or where they run beside lines of branches alone."""
    if any(_own(block, places) for places in ways):
        return list(rails.values())
    middle = (columns.first + columns.last - EDGE_GAP * (len(rails) - 1)) / 2
    return [middle + EDGE_GAP * place for place in range(len(rails))]


def _shared_way(side: Side, row: int, place: int, to: Point) -> tuple[Point, ...]:
    """Over the row at the edge to the side, past rows, and along the row to a cell."""
    enter, rail = side.enters[place], list(side.shared.values())[place]
    first, here = side.lines[side.nearest][place], side.lines[row][place]
    past = ((rail, first), (rail, here)) if row != side.nearest else ()
    return (enter, side.edge), (enter, first), *past, (to[0], here), to


def _own_way(side: Side, row: int, lane: float | None, place: int, to: Point) -> tuple[Point, ...]:
    """Past rows beside the column, and then to the cell."""
    if lane is None:
        return (to[0], side.edge), to
    here = side.lines[row][len(side.shared) + place]
    return (lane, side.edge), (lane, here), (to[0], here), to
