"""Reads the nodes of a saved graph line by line, as they were written; lines that two graphs share are read once.

A text that was laid out in another way, or that is wrong anywhere, is left to those who read it as a whole.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, NamedTuple, NoReturn, TypeVar

from graphviz_torch.ir.checker import Names
from graphviz_torch.ir.drafts import make_node, make_value
from graphviz_torch.ir.graph import Node, SourceLocation, TensorMeta, Value
from graphviz_torch.ir.wellformed import DoubtError, NodeReader, Row

Item = TypeVar("Item")

_BEGIN, _END = '\n"nodes": [\n', "\n]"


def no_constant(word: str) -> NoReturn:
    """Refuses `NaN` and the like, which Python would read."""
    raise ValueError(f"{word} is no JSON number")


_DECODER = json.JSONDecoder(parse_constant=no_constant)


class Cut(NamedTuple):
    """A text taken apart: the document without its nodes, and a line for each of these."""

    document: dict[str, Any]
    lines: list[str]


@dataclass(frozen=True, slots=True)
class Read:
    """What was read of one graph.

    Attributes:
        places: the place of the node of each line; starts: the place of the first value of each node, then the end.
    """

    places: dict[str, int]
    starts: list[int]
    nodes: tuple[Node, ...]
    values: tuple[Value, ...]
    names: Names
    metas: Sequence[TensorMeta]
    sources: Sequence[SourceLocation]


class _Rest:
    """Stands in a document for what was cut out of it."""

    constants = 0

    def constant(self, _: str) -> _Rest:
        """Counts the places where it stands."""
        self.constants += 1
        return self


def cut(text: str | bytes) -> Cut:
    """Takes a text apart.

    Raises:
        DoubtError: it was laid out in another way.
        ValueError: it is no JSON.
    """
    if isinstance(text, bytes):
        text = text.decode("utf-8")
    if text.count(_BEGIN) != 1:
        raise DoubtError
    begin = text.index(_BEGIN) + len(_BEGIN)
    end = text.index(_END, begin)
    rest = _Rest()
    # `NaN` stands for the lines: it is no JSON number, so nothing else can be it.
    document = json.loads(f"{text[:begin]}NaN{text[end:]}", parse_constant=rest.constant)
    if rest.constants != 1 or not isinstance(document, dict) or document.get("nodes") != [rest]:
        raise DoubtError
    return Cut(document, text[begin:end].split(",\n"))


def read(
    lines: list[str],
    metas: Sequence[TensorMeta],
    sources: Sequence[SourceLocation],
    reader: NodeReader,
    before: Read | None = None,
) -> Read:
    """Reads lines of nodes; what a graph before says in the same words is taken from there.

    Raises:
        DoubtError, MalformedError: something is not as it should be.
    """
    rows = map(_row, lines) if before is None else _Again(before, metas, sources).rows(lines)
    nodes, values, names = reader.read(rows)
    starts = [0, *accumulate([len(node.results) for node in nodes])]
    return Read(dict(zip(lines, range(len(lines)), strict=True)), starts, nodes, values, names, metas, sources)


def _row(line: str) -> Any:
    """The one object of a line."""
    row, end = _DECODER.raw_decode(line)
    if end != len(line):
        raise DoubtError
    return row


class _Again:
    """Rows of which some were read before; tables of types and of places in the code may have changed meanwhile."""

    def __init__(self, before: Read, metas: Sequence[TensorMeta], sources: Sequence[SourceLocation]) -> None:
        self._before = before
        self._metas = None if before.metas == metas else _table(before.metas, metas)
        self._sources = None if before.sources == sources else _table(before.sources, sources)

    def rows(self, lines: list[str]) -> Iterator[Row]:
        """Each row as JSON has it, or the node with its values."""
        known = self._before.places.get
        for line in lines:
            place = known(line)
            yield _row(line) if place is None else (self._node(place), self._values(place))

    def _node(self, place: int) -> Node:
        node = self._before.nodes[place]
        if self._sources is None or node.source is None:
            return node
        return make_node(
            node.id, node.kind, node.name, node.op, node.operands, node.results, node.attributes, node.module_call,
            self._sources[id(node.source)], node.grad_fn,
        )  # fmt: skip

    def _values(self, place: int) -> Sequence[Value]:
        starts, metas = self._before.starts, self._metas
        found = self._before.values[starts[place] : starts[place + 1]]
        if metas is None:
            return found
        return [
            make_value(value.id, value.producer, value.index, metas[id(value.meta)], value.view_of, value.version)
            for value in found
        ]


def _table(old: Sequence[Item], new: Sequence[Item]) -> dict[int, Item]:
    """What stands in the place of each item now."""
    return {id(item): other for item, other in zip(old, new, strict=False)}
