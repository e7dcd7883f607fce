"""Compares the types of values. A graph holds few types, so each gets a number, and each two are compared once."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import NamedTuple, Union

from graphviz_torch.diff.words import sizes_between, type_text
from graphviz_torch.ir.graph import TensorMeta, Value

# The number of the type of the only result, else those of all results.
Numbered = Union[int, tuple[int, ...]]


class Contrast(NamedTuple):
    """Two types that differ.

    Attributes:
        before, after: what differs, in words; sizes: (before, after) of each size that differs.
    """

    before: str
    after: str
    sizes: frozenset[tuple[int, int]]


Contrasts = tuple[tuple[str, Contrast], ...]


class Types:
    """Numbers for types, on both sides the same for what a reader cannot tell apart; the graphs outlive them."""

    def __init__(self) -> None:
        self._seen: dict[int, int] = {}
        self._numbers: dict[Hashable, int] = {}
        self._metas: list[TensorMeta] = []
        self._known: dict[tuple[int, int], Contrast] = {}

    def numbers(self, values: Iterable[Value]) -> list[int]:
        """The number of the type of each value."""
        seen = self._seen
        return [seen[key] if (key := id(value.meta)) in seen else self._number(value.meta) for value in values]

    def _number(self, meta: TensorMeta) -> int:
        number = self._numbers.setdefault((meta.shape, meta.dtype, meta.device), len(self._metas))
        if number == len(self._metas):
            self._metas.append(meta)
        self._seen[id(meta)] = number
        return number

    def contrasts(self, results: Sequence[str], one: Numbered, other: Numbered) -> Contrasts:
        """What differs, by the result of the new side."""
        if isinstance(one, int) and isinstance(other, int):
            return () if one == other else ((results[0], self._contrast(one, other)),)
        both = zip(results, _listed(one), _listed(other), strict=False)
        return tuple([(result, self._contrast(*pair)) for result, *pair in both if pair[0] != pair[1]])

    def _contrast(self, one: int, other: int) -> Contrast:
        found = self._known.get((one, other))
        if found is None:
            before, after = self._metas[one], self._metas[other]
            sizes = frozenset(sizes_between(before, after))
            found = Contrast(type_text(before, after), type_text(after, before), sizes)
            self._known[one, other] = found
        return found


def _listed(numbers: Numbered) -> tuple[int, ...]:
    return (numbers,) if isinstance(numbers, int) else numbers
