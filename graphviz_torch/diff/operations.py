"""Pairs the operations inside paired calls (pass 6, second half).

What is left in a gap between pairs that holds equally many on both sides: one replaces the other.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
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
    """

    to_new: dict[str, str] = field(default_factory=dict)
    to_old: dict[str, str] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)

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
        return Operations(self.to_old, self.to_new, gaps)


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
        found.pair_all(*pairing.pairs(call, partner))
        _fill_gaps(found, old, new, calls, call, partner)
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

    def pairs(self, call: str | None, partner: str | None) -> tuple[list[str], list[str]]:
        """Ids of operations of the old side, and of their partners."""
        nodes, others = self._old.own.get(call, []), self._new.own.get(partner, [])
        ids, its_ids = [node.id for node in nodes], [node.id for node in others]
        if ids == its_ids and self._written_alike(nodes, others):
            return ids, its_ids
        ones, theirs = self._here.of(call), self._there.of(partner)
        if ones == theirs:
            return ids, its_ids
        key = pattern(ones, theirs)
        places = self._known.get(key)
        if places is None:
            places = self._known[key] = pair_rows(ones, theirs)
        return [ids[place] for place in places], [its_ids[place] for place in places.values()]

    def _written_alike(self, nodes: list[Node], others: list[Node]) -> bool:
        """Whether two calls with equal ids are the same to the letter: the usual case, and the short way."""
        here, there = self._old.spellings, self._new.spellings
        return [node.operands for node in nodes] == [node.operands for node in others] and all(
            map(is_, [here[node.id] for node in nodes], [there[node.id] for node in others])
        )


def _left(found: Operations, old: Side, new: Side, call: str | None, partner: str | None) -> bool:
    """Whether anything directly inside two calls has no partner."""
    return any(node.id not in found.to_new for node in old.own.get(call, ())) or any(
        node.id not in found.to_old for node in new.own.get(partner, ())
    )


def _fill_gaps(
    found: Operations, old: Side, new: Side, calls: CallPairs, call: str | None, partner: str | None
) -> None:
    regions = _regions(old, call) or _regions(new, partner)
    if not regions and not _left(found, old, new, call, partner):
        return
    here = _gaps(old, call, lambda item: found.to_new.get(item) or calls.to_new.get(item))
    there = _gaps(new, partner, lambda item: item if item in found.to_old or item in calls.to_old else None)
    for anchor in dict.fromkeys((*here, *there)):
        ones, others = here.get(anchor, []), there.get(anchor, [])
        if len(ones) == len(others) and all(map(_could_replace, ones, others)):
            for one, other in zip(ones, others, strict=True):
                found.pair(one.id, other.id)
        else:
            found.gaps.append(Gap(partner, tuple(ones), tuple(others)))


def _regions(side: Side, call: str | None) -> bool:
    return any(side.index.calls[child].kind != "module" for child in side.index.call_children.get(call, ()))


def _could_replace(one: Item, other: Item) -> bool:
    return isinstance(one, Node) and isinstance(other, Node) and len(one.operands) == len(other.operands)


def _gaps(side: Side, call: str | None, partner: Callable[[str], str | None]) -> dict[str | None, list[Item]]:
    """What has no partner, by the partner of what stands before it."""
    gaps: dict[str | None, list[Item]] = {}
    anchor: str | None = None
    for item in side.items(call):
        known = partner(item.id)
        if known is not None:
            anchor = known
        elif isinstance(item, Node) or item.kind != "module":
            gaps.setdefault(anchor, []).append(item)
    return gaps
