"""What moved past what: the fewest items of a list by which another order of it can be told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphviz_torch.diff.operations import Item

MOST = 64


@dataclass(frozen=True, slots=True)
class Passing:
    """One item that now stands on the other side of some that stayed.

    Attributes:
        passed: those that stayed, in order.
        later: whether it now comes after them.
    """

    item: Item
    passed: tuple[Item, ...]
    later: bool


def passings(items: Sequence[Item], places: Mapping[str, int], weight: Callable[[Item], Any]) -> list[Passing]:
    """The items that moved, in the old order; empty where none did, or too many to tell.

    The same ones are found from either order: first those that stand across most others, then the lightest.

    Args:
        items: in the old order.
        places: where each stands in the new one, by id.
    """
    numbered = list(enumerate(_without_equal_ends(items, places)))
    if len(numbered) > MOST:
        return []
    across = {
        number: {at for at, other in numbered if (at < number) != (places[other.id] < places[item.id]) and at != number}
        for number, item in numbered
    }
    moved = []
    while any(across.values()):
        left = [pair for pair in numbered if across.get(pair[0])]
        worst = min(left, key=lambda pair: (-len(across[pair[0]]), weight(pair[1])))
        moved.append(worst)
        for number in across.pop(worst[0]):
            across[number].discard(worst[0])
    stayed = [pair for pair in numbered if pair[0] in across]
    found = (_passing(number, item, stayed, places) for number, item in sorted(moved, key=lambda pair: pair[0]))
    return [passing for passing in found if passing.passed]


def _without_equal_ends(items: Sequence[Item], places: Mapping[str, int]) -> Sequence[Item]:
    target = sorted(items, key=lambda item: places[item.id])
    first, last = 0, len(items)
    while first < last and items[first] is target[first]:
        first += 1
    while last > first and items[last - 1] is target[last - 1]:
        last -= 1
    return items[first:last]


def _passing(number: int, item: Item, stayed: Sequence[tuple[int, Item]], places: Mapping[str, int]) -> Passing:
    passed = [other for at, other in stayed if (at < number) != (places[other.id] < places[item.id])]
    return Passing(item, tuple(passed), bool(passed) and places[passed[0].id] < places[item.id])
