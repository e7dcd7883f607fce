"""One branch of a block, laid out by itself: a cell, with the places where lines lead in and out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from graphviz_torch.layout.blocks import Block, Ends, begin, end
from graphviz_torch.layout.plan import Level, Link, Plan
from graphviz_torch.layout.rooms import ENTRY
from graphviz_torch.layout.scene import Path


class Cell(NamedTuple):
    """A branch, laid out.

    Attributes:
        ways: the line of each of its links within it, by the link's number.
        leaves: where each of these leaves its piece, from its middle.
        ins, outs: where lines lead in and out, across the flow, in order.
    """

    pieces: tuple[int, ...]
    level: Level
    ways: Mapping[int, Path]
    leaves: Mapping[int, float]
    ins: Mapping[Ends, float]
    outs: Mapping[Ends, float]


def way_out(block: Block, link: Link) -> Ends:
    """What links have in common that lead out of branches at one place."""
    return end(link) if end(link) in block.shared else (*end(link), link.key, link.source)


def cells(plan: Plan, block: Block, flow: Callable[[Plan], Level]) -> list[Cell]:
    """The cells of a block, in order; equal branches are laid out once."""
    home = {v: number for number, branch in enumerate(block.branches) for v in branch}
    links: list[list[int]] = [[] for _ in block.branches]
    for number, link in enumerate(plan.links):
        for owner in {home[v] for v in (link.source, link.target) if v in home}:
            links[owner].append(number)
    known: dict[Plan, Level] = {}
    found = []
    for branch, numbers in zip(block.branches, links, strict=True):
        inner, ins, outs = _plan(plan, block, branch, numbers)
        level = known.get(inner)
        if level is None:
            level = known[inner] = flow(inner)
        found.append(_cell(branch, numbers, level, ins, outs))
    return found


def _plan(
    plan: Plan, block: Block, branch: Sequence[int], numbers: Sequence[int]
) -> tuple[Plan, dict[Ends, int], dict[Ends, int]]:
    """The plan of a branch, and which of its first and last pieces stands for which crossing."""
    links = [plan.links[number] for number in numbers]
    inside = set(branch)
    ins = {ends: place for place, ends in enumerate(dict.fromkeys(begin(k) for k in links if k.source not in inside))}
    places = {v: place for place, v in enumerate(branch, len(ins))}
    first_out = len(ins) + len(branch)
    outs = {
        ends: place
        for place, ends in enumerate(
            dict.fromkeys(way_out(block, k) for k in links if k.target not in inside), first_out
        )
    }
    keys: dict[int, int] = {}
    moved = []
    for link in links:
        key = keys.setdefault(link.key, len(keys))
        if link.source not in inside:
            moved.append(Link(ins[begin(link)], places[link.target], 0.0, link.enters, key, link.state))
        elif link.target not in inside:
            moved.append(Link(places[link.source], outs[way_out(block, link)], link.leaves, 0.0, key, link.state))
        else:
            moved.append(link._replace(source=places[link.source], target=places[link.target], key=key))
    pieces = (*[ENTRY] * len(ins), *(plan.pieces[v] for v in branch), *[ENTRY] * len(outs))
    loose = tuple(places[v] for v in plan.loose if v in inside)
    return Plan(pieces, tuple(moved), len(ins), len(outs), 0.0, 0.0, plan.sideways, loose), ins, outs


def _cell(
    branch: tuple[int, ...], numbers: Sequence[int], level: Level, ins: dict[Ends, int], outs: dict[Ends, int]
) -> Cell:
    def across(places: dict[Ends, int]) -> dict[Ends, float]:
        return dict(sorted(((ends, level.across[place]) for ends, place in places.items()), key=lambda pair: pair[1]))

    return Cell(
        branch,
        level,
        dict(zip(numbers, level.paths, strict=True)),
        dict(zip(numbers, level.leaves, strict=True)),
        across(ins),
        across(outs),
    )
