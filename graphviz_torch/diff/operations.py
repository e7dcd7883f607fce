"""Pairs the operations inside paired calls (pass 6, second half).

What is left in a gap between pairs that holds equally many on both sides: one replaces the other.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from operator import is_

from graphviz_torch.diff.calls import CallPairs
from graphviz_torch.diff.inside import pair_rows
from graphviz_torch.diff.rows import Rows, pattern
from graphviz_torch.diff.side import Side
from graphviz_torch.ir.graph import ModuleCall, Node

Item = Node | ModuleCall


@dataclass(frozen=True, slots=True)
class Gap:
    """What stands between the same pairs on both sides and has no partner."""

    call: str | None
    old: tuple[Item, ...]
    new: tuple[Item, ...]


@dataclass(slots=True)
class Operations:
    """Which operation is which.

    Attributes:
        to_new, to_old: the other node of a pair, by id; inputs, outputs, parameters and constants too.
        gaps: what has no partner, by the call of the new side, in order.
        straight: (old, new) calls whose operations are paired one by one, in order; alike: those of the new side that
            are written alike to the letter.
    """

    to_new: dict[str, str] = field(default_factory=dict)
    to_old: dict[str, str] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)
    straight: dict[str | None, str | None] = field(default_factory=dict)
    alike: set[str | None] = field(default_factory=set)

    def pair(self, old: str, new: str) -> None:
        """Takes two nodes for one and the same."""
        self.to_new[old], self.to_old[new] = new, old

    def pair_all(self, old: Sequence[str], new: Sequence[str]) -> None:
        """Takes nodes for one and the same, one by one."""
        self.to_new.update(zip(old, new, strict=True))
        self.to_old.update(zip(new, old, strict=True))

    def mirrored(self, calls: CallPairs) -> Operations:
        """The same pairs, seen from the other side; `calls` are those of this side."""
        gaps = [Gap(calls.to_old.get(gap.call), gap.new, gap.old) for gap in self.gaps]
        straight = {new: old for old, new in self.straight.items()}
        alike = {old for old, new in self.straight.items() if new in self.alike}
        return Operations(self.to_old, self.to_new, gaps, straight, alike)


def pair_operations(old: Side, new: Side, calls: CallPairs, leaves: list[tuple[str, str]]) -> Operations:
    """Pairs the operations inside all paired calls.

    Args:
        leaves: the (old, new) inputs, outputs, parameters, buffers and constants that are the same.
    """
    found = Operations()
    for one, other in leaves:
        found.pair(one, other)
    pairing = _Inside(old, new, calls, leaves)
    for call, partner in calls.to_new.items():
        here, there = old.block(call).ids, new.block(partner).ids
        if here == there and pairing.written_alike(call, partner):
            ones, others = here, there
            found.alike.add(partner)
        else:
            ones, others = pairing.pairs(call, partner)
        found.pair_all(ones, others)
        whole = len(ones) == len(here) == len(there)
        if not whole or _regions(old, call) or _regions(new, partner):
            _fill_gaps(found, (old, new), calls, (call, partner), dict(zip(ones, others, strict=True)))
        if ones is here or [found.to_new.get(one) for one in here] == there:
            found.straight[call] = partner
    return found


class _Inside:
    """Pairs what is directly inside two calls; what one pair of calls came to holds for all that are like it."""

    def __init__(self, old: Side, new: Side, calls: CallPairs, leaves: list[tuple[str, str]]) -> None:
        self._old, self._new = old, new
        numbers = {call: number for number, call in enumerate(calls.to_new)}
        its_numbers = {other: numbers[one] for one, other in calls.to_new.items()}
        self._here = Rows(old, numbers, {one: number for number, (one, _) in enumerate(leaves)})
        self._there = Rows(new, its_numbers, {other: number for number, (_, other) in enumerate(leaves)})
        self._known: dict[Hashable, dict[int, int]] = {}

    def written_alike(self, call: str | None, partner: str | None) -> bool:
        """Whether two calls with equal ids are the same to the letter: the usual case, and the short way."""
        here, there = self._old.block(call), self._new.block(partner)
        return here.reads == there.reads and all(map(is_, here.spelled, there.spelled))

    def pairs(self, call: str | None, partner: str | None) -> tuple[list[str], list[str]]:
        """Ids of operations of the old side, and of their partners."""
        ids, its_ids = self._old.block(call).ids, self._new.block(partner).ids
        ones, theirs = self._here.of(call), self._there.of(partner)
        if ones.alike(theirs):
            return ids, its_ids
        key = pattern(ones, theirs)
        places = self._known.get(key)
        if places is None:
            places = self._known[key] = pair_rows(ones.rows(), theirs.rows())
        return [ids[place] for place in places], [its_ids[place] for place in places.values()]


def _fill_gaps(
    found: Operations,
    sides: tuple[Side, Side],
    calls: CallPairs,
    both: tuple[str | None, str | None],
    pairs: Mapping[str, str],
) -> None:
    """Pairs what stands alone between pairs.

    Args:
        both: a call and its partner; pairs: the operations directly inside that are one and the same.
    """
    here = _gaps(sides[0], both[0], pairs.keys(), calls.to_new)
    there = _gaps(sides[1], both[1], set(pairs.values()), calls.to_old)
    here = {_partner(anchor, pairs, calls): items for anchor, items in here.items()}
    for anchor in dict.fromkeys((*here, *there)):
        ones, others = here.get(anchor, []), there.get(anchor, [])
        if len(ones) == len(others) and all(map(_could_replace, ones, others)):
            for one, other in zip(ones, others, strict=True):
                found.pair(one.id, other.id)
        else:
            found.gaps.append(Gap(both[1], tuple(ones), tuple(others)))


def _partner(anchor: str | None, pairs: Mapping[str, str], calls: CallPairs) -> str | None:
    return None if anchor is None else pairs.get(anchor) or calls.to_new[anchor]


def _regions(side: Side, call: str | None) -> bool:
    return any(side.index.calls[child].kind != "module" for child in side.index.call_children.get(call, ()))


def _could_replace(one: Item, other: Item) -> bool:
    return isinstance(one, Node) and isinstance(other, Node) and len(one.operands) == len(other.operands)


def _gaps(
    side: Side, call: str | None, nodes: Set[str], calls: Mapping[str | None, str | None]
) -> dict[str | None, list[Item]]:
    """What has no partner among nodes and calls, by the id of what stands before it and has one."""
    gaps: dict[str | None, list[Item]] = {}
    anchor: str | None = None
    for item in side.items(call):
        name = item.id
        if name in nodes or name in calls:
            anchor = name
        elif isinstance(item, Node) or item.kind != "module":
            gaps.setdefault(anchor, []).append(item)
    return gaps
