"""Reads the nodes of a saved graph that are as they should be, in a fraction of the time that careful reading takes.

Whatever is not, and any doubt, is left to the careful reader, which names what is wrong and where. What is read here
keeps the rules of the checker that speak of nodes and values, so that they need not be looked through once more.
"""

from __future__ import annotations

import marshal
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from graphviz_torch.ir.checker import Names, leads_wrong
from graphviz_torch.ir.drafts import make_node, make_value
from graphviz_torch.ir.gathered import DoubtError, Gathered
from graphviz_torch.ir.graph import Node, SourceLocation, TensorMeta, Value
from graphviz_torch.ir.literals import Literal

Attributes = tuple[tuple[str, Literal], ...]

# Without references, so that the bytes tell of the contents alone; it tells `1`, `1.0` and `True` apart.
_MARSHAL = 2
_NONE: Any = ()
# What rows that are not as they should be lead to.
WRONG = (KeyError, TypeError, ValueError, AttributeError, IndexError)


class NodeReader:
    """Reads rows of nodes one after the other; equal strings and equal arguments become one object.

    Args:
        attributes: reads the arguments of one node, with care.
    """

    def __init__(
        self,
        metas: Sequence[TensorMeta],
        sources: Sequence[SourceLocation],
        kinds: frozenset[str],
        attributes: Callable[[Any], Attributes],
    ) -> None:
        self._metas, self._sources, self._kinds = metas, sources, kinds
        self._read = attributes
        self._attributes: dict[bytes, Attributes] = {}
        self._texts: dict[str, str] = {}
        self.found = Gathered()

    def read(self, rows: Iterable[Any]) -> tuple[tuple[Node, ...], tuple[Value, ...], Names]:
        """The nodes, what they make, and the ids in use.

        Raises:
            DoubtError: something is not as it should be, or not as it usually is.
            MalformedError: arguments are not as they should be.
        """
        try:
            self.found.nodes += map(self.node, rows)
        except WRONG:
            raise DoubtError from None
        return self.found.whole()

    def node(self, row: Any) -> Node:
        """The next node; it is not yet among those found, what it makes is.

        Raises:
            DoubtError, MalformedError, or one of `WRONG`: something is not as it should be.
        """
        get, found = row.get, self.found
        keep: Callable[[Any, Any], Any] = self._texts.setdefault
        name, kind, label, op, call = row["id"], row["kind"], row["name"], get("op", ""), get("module_call")
        if not (type(name) is type(label) is type(op) is str and (call is None or type(call) is str)):
            raise DoubtError
        reads, writes, grad = get("operands", _NONE), get("results", _NONE), get("grad_fn", _NONE)
        if not (type(reads) is list or reads is _NONE):
            raise DoubtError
        # What is read was made before, or this fails.
        operands = tuple(map(found.made.__getitem__, reads))
        results = () if writes is _NONE else self._results(name, writes)
        if kind != "call" and (kind not in self._kinds or leads_wrong(kind, operands, results)):
            raise DoubtError
        found.ids.add(name)
        return make_node(
            name,
            keep(kind, kind),
            keep(label, label),
            keep(op, op),
            operands,
            results,
            self._arguments(row["attributes"]) if "attributes" in row else (),
            call if call is None else found.calls.setdefault(call, call),
            self._source(row["source"]) if "source" in row else None,
            () if grad is _NONE else self._list(grad),
        )

    def _list(self, items: Any) -> tuple[str, ...]:
        if type(items) is not list:
            raise DoubtError
        for item in items:
            if type(item) is not str:
                raise DoubtError
        keep = self._texts.setdefault
        return tuple([keep(item, item) for item in items])

    def _results(self, producer: str, items: Any) -> tuple[str, ...]:
        if type(items) is not list:
            raise DoubtError
        found, results = self.found, []
        for index, item in enumerate(items):
            name, meta, view_of, version = item if len(item) == 4 else (*item, None, 0)
            if not (type(name) is str and type(meta) is int and meta >= 0 and type(version) is int and version >= 0):
                raise DoubtError
            if view_of is not None:
                if type(view_of) is not str:
                    raise DoubtError
                found.views.add(view_of)
            name = producer if name == producer else name
            found.made[name] = name
            found.values.append(make_value(name, producer, index, self._metas[meta], view_of, version))
            results.append(name)
        return tuple(results)

    def _source(self, place: Any) -> SourceLocation | None:
        if place is None:
            return None
        if type(place) is not int or place < 0:
            raise DoubtError
        return self._sources[place]

    def _arguments(self, item: Any) -> Attributes:
        key = marshal.dumps(item, _MARSHAL)
        found = self._attributes.get(key)
        if found is None:
            found = self._attributes[key] = self._read(item)
        return found
