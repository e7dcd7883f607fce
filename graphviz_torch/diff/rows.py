"""What the operations directly inside a call read, told from inside that call.

Two calls whose rows are equal compute the same from the same, whatever their operations are called: so they pair
without another look, and what one pair of unequal calls came to holds for every other pair with such rows.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import NamedTuple, Union

from graphviz_torch.diff.side import Side
from graphviz_torch.diff.spelling import Spelled
from graphviz_torch.ir.graph import Node

# The place of an operation of the same call whose first result is read; else a word and numbers: `own` (place, result),
# `call` (number, result), `leaf` (number), `argument` (place) or `outside`.
Token = Union[int, tuple[Union[str, int], ...]]
NUMBERED = ("call", "leaf")


class Row(NamedTuple):
    """One operation, with a token for each operand."""

    spelled: Spelled
    reads: tuple[Token, ...]


class Rows:
    """The rows of one side.

    Args:
        calls: a number for each call, leaves: for each leaf; equal on both sides for what is the same.
    """

    def __init__(self, side: Side, calls: dict[str | None, int], leaves: dict[str, int]) -> None:
        self._side, self._calls, self._leaves = side, calls, leaves

    def of(self, call: str | None) -> list[Row]:
        """A row for each operation directly inside a call."""
        block = self._side.block(call)
        known: dict[str, Token] = {}
        for place, node in enumerate(block.nodes):
            for index, result in enumerate(node.results):
                known[result] = ("own", place, index) if index else place
        for value in set().union(*block.reads).difference(known):
            known[value] = self._token(call, value, known)
        return [
            Row(spelled, tuple(map(known.__getitem__, read)))
            for spelled, read in zip(block.spelled, block.reads, strict=True)
        ]

    def _token(self, call: str | None, value: str, known: dict[str, Token]) -> Token:
        behind = self._side.value(value)
        token = known.get(behind.id)
        return self._outside(call, value, self._side.producer(behind)) if token is None else token

    def _outside(self, call: str | None, value: str, producer: Node) -> Token:
        leaf = self._leaves.get(producer.id)
        if leaf is not None:
            return "leaf", leaf
        inner = child_towards(self._side, call, producer.module_call)
        if inner is not None:
            results = self._side.index.calls[inner].results
            return "call", self._calls.get(inner, -1), results.index(value) if value in results else -1
        operands = self._side.index.calls[call].operands if call is not None else ()
        return ("argument", operands.index(value)) if value in operands else ("outside",)


def child_towards(side: Side, call: str | None, inner: str | None) -> str | None:
    """The call directly inside `call` that holds `inner`; `None` where it is not in there."""
    while inner is not None:
        parent = side.index.calls[inner].parent
        if parent == call:
            return inner
        inner = parent
    return None


def pattern(ones: Sequence[Row], others: Sequence[Row]) -> Hashable:
    """Equal for pairs of rows that differ only in the numbers of calls and leaves."""
    names: dict[Token, int] = {}
    parts = []
    for row in (*ones, *others):
        reads = [read if isinstance(read, int) else _renumbered(read, names) for read in row.reads]
        parts.append((row.spelled.number, *reads))
    return len(ones), tuple(parts)


def _renumbered(token: tuple[str | int, ...], names: dict[Token, int]) -> Token:
    if token[0] not in NUMBERED or token[1] == -1:
        return token
    return (token[0], names.setdefault(token[:2], len(names)), *token[2:])
