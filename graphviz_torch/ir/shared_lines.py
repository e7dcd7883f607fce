"""Takes from a graph that was read before what another says in the same lines.

Tables of types and of places in the code may have changed meanwhile: then nodes and values that name changed entries
are made anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain
from operator import attrgetter, eq
from typing import TypeVar

from graphviz_torch.ir.drafts import make_node, make_value
from graphviz_torch.ir.gathered import DoubtError, Gathered
from graphviz_torch.ir.graph import Node, SourceLocation, TensorMeta, Value

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Read:
    """What was read of one graph: its lines, with the node of each, and its tables; `plain` as when it was gathered."""

    lines: Sequence[str]
    nodes: tuple[Node, ...]
    values: tuple[Value, ...]
    metas: Sequence[TensorMeta]
    sources: Sequence[SourceLocation]
    plain: bool


class SharedLines:
    """The lines of a graph before.

    Attributes:
        metas, sources: the tables of the graph that is read now; what is as before is the object from there.
    """

    def __init__(self, before: Read, metas: Sequence[TensorMeta], sources: Sequence[SourceLocation]) -> None:
        self._before = before
        self.metas, self._metas = _kept(before.metas, metas)
        self.sources, self._sources = _kept(before.sources, sources)
        nodes = before.nodes
        self._ids = list(map(attrgetter("id"), nodes))
        self._reads = list(map(attrgetter("operands"), nodes))
        self._calls = list(map(attrgetter("module_call"), nodes))
        self._made = list(map(attrgetter("id"), before.values))
        self._views = list(map(attrgetter("view_of"), before.values))
        # The place of the first value of each node, then the end.
        self._starts = [0, *accumulate([len(node.results) for node in nodes])]

    def runs(self, lines: Sequence[str]) -> Iterator[tuple[int, int, int | None]]:
        """Runs of lines, from one place to another, with the place where they stood before; `None` where it is new."""
        places = self._places(lines)
        at, count = 0, len(lines)
        while at < count:
            place, end = places[at], at + 1
            if place is None:
                while end < count and places[end] is None:
                    end += 1
            else:
                while end < count and places[end] == place + end - at:
                    end += 1
            yield at, end, place
            at = end

    def _places(self, lines: Sequence[str]) -> list[int | None]:
        """Where each line stood before: most stand where they stood, and only others are looked up."""
        before = self._before.lines
        same = list(map(eq, before, lines))
        others = {line: place for place, line in enumerate(before) if place >= len(same) or not same[place]}
        found = [place if alike else others.get(lines[place]) for place, alike in enumerate(same)]
        return [*found, *map(others.get, lines[len(same) :])]

    def take(self, found: Gathered, start: int, end: int) -> None:
        """Adds the nodes of a run of lines, by their places before.

        Raises:
            DoubtError: what they read was not made, or a table ends before what they name.
        """
        first, last = self._starts[start], self._starts[end]
        made, calls = self._made[first:last], self._calls[start:end]
        found.made.update(zip(made, made, strict=True))
        for read in chain.from_iterable(self._reads[start:end]):
            if read not in found.made:
                raise DoubtError
        found.plain = found.plain and self._before.plain
        found.ids.update(self._ids[start:end])
        found.calls.update([(call, call) for call in calls if call is not None])
        found.views.update([view for view in self._views[first:last] if view is not None])
        found.values += self._values(self._before.values[first:last])
        found.nodes += self._nodes(self._before.nodes[start:end])

    def _nodes(self, nodes: Sequence[Node]) -> Sequence[Node]:
        changed = self._sources
        if not changed:
            return nodes
        return [node if id(node.source) not in changed else self._node(node) for node in nodes]

    def _node(self, node: Node) -> Node:
        return make_node(
            node.id, node.kind, node.name, node.op, node.operands, node.results, node.attributes, node.module_call,
            _now(self._sources, node.source), node.grad_fn,
        )  # fmt: skip

    def _values(self, values: Sequence[Value]) -> Sequence[Value]:
        changed = self._metas
        if not changed:
            return values
        return [value if id(value.meta) not in changed else self._value(value) for value in values]

    def _value(self, value: Value) -> Value:
        meta = _now(self._metas, value.meta)
        return make_value(value.id, value.producer, value.index, meta, value.view_of, value.version)


def _kept(before: Sequence[Item], now: Sequence[Item]) -> tuple[tuple[Item, ...], dict[int, Item | None]]:
    """A table, with the objects of the one before where they are equal; and what stands in the place of the others."""
    kept: list[Item] = list(now)
    changed: dict[int, Item | None] = {}
    for place, item in enumerate(before):
        other = now[place] if place < len(now) else None
        if item == other:
            kept[place] = item
        else:
            changed[id(item)] = other
    return tuple(kept), changed


def _now(changed: dict[int, Item | None], item: Item) -> Item:
    other = changed[id(item)]
    if other is None:
        raise DoubtError
    return other
