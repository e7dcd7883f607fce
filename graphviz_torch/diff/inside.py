"""Pairs the operations of two calls by their rows alone.

1. Operations that compute the same from the same: equal name, literals, and everything upstream within the call. Their
   order in time means nothing.
2. The same without literals.
3. In order: equal name, literals, inner calls and weights; equal name and literals; equal name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence

from graphviz_torch.diff.align import align
from graphviz_torch.diff.numbers import Numbers
from graphviz_torch.diff.rows import NUMBERED, Row, Token


def pair_rows(ones: Sequence[Row], others: Sequence[Row]) -> dict[int, int]:
    """The place of the partner, by place."""
    pairing = _Pairing(ones, others)
    for literals in (True, False):
        pairing.by_cones(literals=literals)
    for key in (_surroundings, _literally, _by_name):
        here, there = pairing.left()
        for place, at in align([key(ones[place]) for place in here], [key(others[place]) for place in there]):
            pairing.add(here[place], there[at])
    return pairing.to_new


class _Pairing:
    def __init__(self, ones: Sequence[Row], others: Sequence[Row]) -> None:
        self._ones, self._others = ones, others
        self._numbers = Numbers()
        self.to_new: dict[int, int] = {}
        self._taken: set[int] = set()

    def add(self, one: int, other: int) -> None:
        self.to_new[one] = other
        self._taken.add(other)

    def left(self) -> tuple[list[int], list[int]]:
        return (
            [place for place in range(len(self._ones)) if place not in self.to_new],
            [place for place in range(len(self._others)) if place not in self._taken],
        )

    def by_cones(self, *, literals: bool) -> None:
        """Pairs what has equal numbers, last operations first: what they read goes with them."""
        here, there = self.left()
        if not here or not there:
            return
        mine = cones(self._ones, self._numbers, literals=literals)
        theirs = cones(self._others, self._numbers, literals=literals)
        groups, its_groups = _by_number(here, mine), _by_number(there, theirs)
        for number, group in groups.items():
            left = [place for place in group if place not in self.to_new]
            right = [place for place in its_groups.get(number, ()) if place not in self._taken]
            if len(left) == len(right):
                for one, other in zip(left, right, strict=True):
                    self.add(one, other)
                    self._upstream(one, other, mine, theirs)

    def _upstream(self, one: int, other: int, mine: list[int], theirs: list[int]) -> None:
        """Pairs what two paired operations read, where it is alike and in the same call."""
        todo = [(one, other)]
        while todo:
            one, other = todo.pop()
            for read, its in zip(self._ones[one].reads, self._others[other].reads, strict=False):
                if not isinstance(read, int) or not isinstance(its, int):
                    continue
                if read not in self.to_new and its not in self._taken and mine[read] == theirs[its]:
                    self.add(read, its)
                    todo.append((read, its))


def cones(rows: Sequence[Row], numbers: Numbers, *, literals: bool) -> list[int]:
    """A number for each row, equal for operations that compute the same from the same, with or without literals."""
    found: list[int] = []
    for spelled, reads in rows:
        tokens = [_deep(read, found) for read in reads]
        if spelled.commutes and len(tokens) > 1:
            tokens.sort(key=str)
        found.append(numbers.of((spelled.number if literals else spelled.loose, *tokens)))
    return found


def _deep(read: Token, found: list[int]) -> Hashable:
    if isinstance(read, int):
        return found[read], 0
    return (found[int(read[1])], read[2]) if read[0] == "own" else read


def _by_number(places: list[int], numbers: list[int]) -> dict[int, list[int]]:
    groups: dict[int, list[int]] = defaultdict(list)
    for place in reversed(places):
        groups[numbers[place]].append(place)
    return groups


def _surroundings(row: Row) -> Hashable:
    """The operation with the inner calls and the weights that it reads."""
    read = frozenset([token for token in row.reads if not isinstance(token, int) and token[0] in NUMBERED])
    return (row.spelled.number, read) if read else None


def _literally(row: Row) -> Hashable:
    return row.spelled.number


def _by_name(row: Row) -> Hashable:
    return row.spelled.name
