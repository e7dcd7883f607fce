"""Finds rows that are far too wide to be read, and the branches side by side in them that can stand in several rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import ceil
from typing import NamedTuple

from graphviz_torch.layout.plan import Link, Piece, Plan
from graphviz_torch.layout.ranks import Ranked
from graphviz_torch.layout.styles import ITEM_GAP

# Shrunk to the width of a screen, a wider picture has letters of less than five pixels: nobody reads it as a whole.
WIDEST = 5000.0
MANY = 12  # branches; fewer are large each, and would be no easier to read in rows
ASPECT = 1.5  # of a block: wider than tall
GAP = 60.0  # along the flow from one row to the next, about
LINE = 6.0
NARROWER = 1.6  # times, at the least
OWN = 2  # lines of its own that a branch has, on average: with more it is part of a web

Ends = tuple[float, ...]  # where lines begin that are one line, or where they end


class Block(NamedTuple):
    """Branches that stand in rows.

    Attributes:
        branches: the pieces of each.
        columns: how many stand in a row.
        own: whether many have lines of their own. The order of the branches then goes down the columns, as then no
            two such lines cross; else it goes along the rows.
        shared: the ends of lines from one maker to several branches, or from several branches to one reader.
    """

    branches: tuple[tuple[int, ...], ...]
    columns: int
    own: bool
    shared: frozenset[Ends]

    @property
    def rows(self) -> int:
        """How many there are."""
        return ceil(len(self.branches) / self.columns)

    def spot(self, number: int) -> tuple[int, int]:
        """The row and the column of a branch."""
        if self.own:
            return number % self.rows, number // self.rows
        return divmod(number, self.columns)


def find_blocks(plan: Plan, ranked: Ranked) -> list[Block]:
    """The branches of a frame that make rows far too wide."""
    if len(plan.pieces) < MANY or sum(map(width, plan.pieces)) <= WIDEST or any(ranked.turned):
        return []
    layers = _layers(plan, ranked.rank)
    found: list[Block] = []
    at = 0
    while (run := _run(plan, layers, at)) is not None:
        branches = _branches(plan, layers, run)
        if len(branches) >= MANY and not _comes_back(plan, layers, run, branches):
            found.extend(_block(plan, ranked.rank, branches))
        at = run.stop
    return found


def width(piece: Piece) -> float:
    """The room of a piece in a row."""
    return piece.before + piece.after + ITEM_GAP


def _layers(plan: Plan, rank: Sequence[int]) -> dict[int, list[int]]:
    """The pieces of each rank, but for crossings of the frame and what stands after everything else."""
    layers: dict[int, list[int]] = defaultdict(list)
    for v in range(plan.ins, len(plan.pieces) - plan.outs):
        if not plan.pieces[v].late:
            layers[rank[v]].append(v)
    return dict(sorted(layers.items()))


def _run(plan: Plan, layers: Mapping[int, list[int]], at: int) -> range | None:
    """The first ranks from one on, of many pieces each, of which one is far too wide."""
    for number, layer in layers.items():
        if number >= at and len(layer) >= MANY and sum(width(plan.pieces[v]) for v in layer) > WIDEST:
            first = last = number
            while first > at and len(layers.get(first - 1, ())) >= MANY:
                first -= 1
            while len(layers.get(last + 1, ())) >= MANY:
                last += 1
            return range(first, last + 1)
    return None


def _branches(plan: Plan, layers: Mapping[int, list[int]], run: range) -> list[list[int]]:
    """The pieces that links join within some ranks, but for those that very many are joined with."""
    near: dict[int, dict[int, None]] = {v: {} for number in run for v in layers[number]}
    makers: dict[int, set[int]] = defaultdict(set)
    readers: dict[int, set[int]] = defaultdict(set)
    for link in plan.links:
        makers[link.target].add(link.source)
        readers[link.source].add(link.target)
    inner = {v for v in near if len(makers[v]) < MANY and len(readers[v]) < MANY}
    for link in plan.links:
        if link.source in inner and link.target in inner:
            near[link.source][link.target] = near[link.target][link.source] = None
    found: list[list[int]] = []
    seen: set[int] = set()
    for start in sorted(inner):
        if start not in seen:
            seen.add(start)
            branch = [start]
            for v in branch:
                fresh = [w for w in near[v] if w not in seen]
                seen.update(fresh)
                branch.extend(fresh)
            found.append(sorted(branch))
    return found


def _comes_back(plan: Plan, layers: Mapping[int, list[int]], run: range, branches: list[list[int]]) -> bool:
    """Whether a way leads out of branches and into others."""
    inner = {v for branch in branches for v in branch}
    outer = {v for number in run for v in layers[number]} - inner
    readers: dict[int, list[int]] = defaultdict(list)
    for link in plan.links:
        if link.source in outer or (link.source in inner and link.target in outer):
            readers[link.source].append(link.target)
    todo = [v for v in inner if v in readers]
    seen = set(todo)
    for v in todo:
        for w in readers[v]:
            if w in inner and v in outer:
                return True
            if w in outer and w not in seen:
                seen.add(w)
                todo.append(w)
    return False


def _block(plan: Plan, rank: Sequence[int], branches: list[list[int]]) -> Iterator[Block]:
    """The branches as a block of good shape; none where they are not much apart, or that would hardly be narrower."""
    home = {v: number for number, branch in enumerate(branches) for v in branch}
    shared = _shared(plan, home)
    goals: dict[Ends, tuple[int, float]] = {}
    for link, ends, v in crossing(plan, home):
        if ends not in shared:
            goals[ends] = home[v], link.leaves if v == link.target else link.enters
    columns, wide = _columns(plan, branches, rank, lines=len(goals))
    if wide * NARROWER < sum(_widest(plan, branch, rank) for branch in branches) and len(goals) <= OWN * len(branches):
        order = _order(len(branches), goals.values())
        yield Block(tuple(tuple(branches[number]) for number in order), columns, len(goals) >= MANY, shared)


def _order(count: int, goals: Iterable[tuple[int, float]]) -> list[int]:
    """Branches in the order of where the first of their own lines end, so that these do not cross."""
    first: dict[int, float] = {}
    for number, at in goals:
        first.setdefault(number, at)
    return sorted(range(count), key=lambda number: (first.get(number, 0.0), number))


def _columns(plan: Plan, branches: list[list[int]], rank: Sequence[int], lines: int) -> tuple[int, float]:
    """How many branches stand in a row, and how wide that is, about."""
    widths = [_widest(plan, branch, rank) for branch in branches]
    length = max(_length(plan, branch, rank) for branch in branches)
    shape = ASPECT if not plan.sideways else 1 / ASPECT
    rows = max(2, round((sum(widths) / (shape * length)) ** 0.5))
    columns = ceil(len(branches) / rows)
    return columns, max(widths) * columns + lines * LINE


def _widest(plan: Plan, branch: list[int], rank: Sequence[int]) -> float:
    """How far a branch reaches across."""
    wide: dict[int, float] = defaultdict(float)
    for v in branch:
        wide[rank[v]] += width(plan.pieces[v])
    return max(wide.values())


def _length(plan: Plan, branch: list[int], rank: Sequence[int]) -> float:
    """How far a branch reaches along the flow, with the room to the next row."""
    long: dict[int, float] = defaultdict(float)
    for v in branch:
        long[rank[v]] = max(long[rank[v]], plan.pieces[v].size + plan.pieces[v].band)
    return sum(long.values()) + GAP * len(long)


def _shared(plan: Plan, home: Mapping[int, int]) -> frozenset[Ends]:
    """Where lines of several branches begin or end."""
    users: dict[Ends, set[int]] = defaultdict(set)
    for _, ends, v in crossing(plan, home):
        users[ends].add(home[v])
    return frozenset(ends for ends, numbers in users.items() if len(numbers) > 1)


def crossing(plan: Plan, home: Mapping[int, int]) -> Iterator[tuple[Link, Ends, int]]:
    """The links that lead into and out of branches: where they end outside, and in which piece inside.

    Args:
        home: the branch of each piece in one.
    """
    for link in plan.links:
        if link.source not in home and link.target in home:
            yield link, begin(link), link.target
        elif link.source in home and link.target not in home:
            yield link, end(link), link.source


def begin(link: Link) -> Ends:
    """What lines of one value from one maker have in common."""
    return 0, link.key, link.source


def end(link: Link) -> Ends:
    """What lines to one place of a reader have in common."""
    return 1, link.target, link.enters, link.state
