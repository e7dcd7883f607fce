"""Compares the types of values. A graph holds few types, so each two are compared, and told, once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from graphviz_torch.diff.words import same_type, sizes_between, type_text
from graphviz_torch.ir.graph import Node, TensorMeta, Value


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
    """What is known of pairs of types; the graphs that hold them outlive it.

    Args:
        old, new: the values of both sides.
    """

    def __init__(self, old: Mapping[str, Value], new: Mapping[str, Value]) -> None:
        self._old, self._new = old, new
        self._known: dict[tuple[int, int], Contrast | None] = {}

    def contrasts(self, one: Node, other: Node) -> Contrasts:
        """What differs, by the value of the new side; empty where a reader sees no difference."""
        found: Contrasts = ()
        known = self._known
        for result, its in zip(one.results, other.results, strict=False):
            before, after = self._old[result].meta, self._new[its].meta
            key = (id(before), id(after))
            contrast = known[key] if key in known else self._compare(before, after)
            if contrast is not None:
                found = (*found, (its, contrast))
        return found

    def _compare(self, one: TensorMeta, other: TensorMeta) -> Contrast | None:
        found = None
        if not same_type(one, other):
            found = Contrast(type_text(one, other), type_text(other, one), frozenset(sizes_between(one, other)))
        self._known[id(one), id(other)] = found
        return found
