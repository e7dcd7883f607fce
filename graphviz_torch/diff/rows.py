"""What the operations directly inside a call read, told from inside that call.

Two calls whose rows are equal compute the same from the same, whatever their operations are called: so they pair
without another look, and what one pair of unequal calls came to holds for every other pair with such rows.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import chain, islice
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


@dataclass(frozen=True, slots=True)
class Inner:
    """All that is directly inside a call, in columns.

    Attributes:
        numbers: of the operations in their one spelling; counts: how many operands each has; tokens: of all of these.
    """

    spelled: Sequence[Spelled]
    numbers: list[int]
    counts: list[int]
    tokens: list[Token]

    def alike(self, other: Inner) -> bool:
        """Whether both compute the same from the same."""
        return self.numbers == other.numbers and self.counts == other.counts and self.tokens == other.tokens

    def rows(self) -> list[Row]:
        """A row for each operation."""
        tokens = iter(self.tokens)
        return [
            Row(spelled, tuple(islice(tokens, count))) for spelled, count in zip(self.spelled, self.counts, strict=True)
        ]


class Rows:
    """The rows of one side.

    Args:
        calls: a number for each call, leaves: for each leaf; equal on both sides for what is the same.
    """

    def __init__(self, side: Side, calls: dict[str | None, int], leaves: dict[str, int]) -> None:
        self._side, self._calls, self._leaves = side, calls, leaves

    def of(self, call: str | None) -> Inner:
        """What is directly inside a call."""
        block = self._side.block(call)
        known: dict[str, Token] = {}
        for place, node in enumerate(block.nodes):
            results = node.results
            if results:
                known[results[0]] = place
            for index in range(1, len(results)):
                known[results[index]] = "own", place, index
        reads = list(chain.from_iterable(block.reads))
        for value in set(reads).difference(known):
            known[value] = self._token(call, value, known)
        numbers = [spelled.number for spelled in block.spelled]
        return Inner(block.spelled, numbers, list(map(len, block.reads)), list(map(known.__getitem__, reads)))

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


def pattern(one: Inner, other: Inner) -> Hashable:
    """Equal for pairs of calls that differ only in the numbers of calls and leaves."""
    tokens = [*one.tokens, *other.tokens]
    names: dict[Token, int] = {}
    known = {token: token if isinstance(token, int) else _renumbered(token, names) for token in dict.fromkeys(tokens)}
    return (
        tuple(one.numbers), tuple(one.counts), tuple(other.numbers), tuple(other.counts),
        tuple(map(known.__getitem__, tokens)),
    )  # fmt: skip


def _renumbered(token: tuple[str | int, ...], names: dict[Token, int]) -> Token:
    if token[0] not in NUMBERED or token[1] == -1:
        return token
    return (token[0], names.setdefault(token[:2], len(names)), *token[2:])
