"""Reads the nodes of a saved graph that are as they should be, in a fraction of the time that careful reading takes.

Whatever is not, and any doubt, is left to the careful reader, which names what is wrong and where.
"""

from __future__ import annotations

import marshal
from collections.abc import Callable, Sequence
from typing import Any

from graphviz_torch.ir.drafts import make_node, make_value
from graphviz_torch.ir.graph import Node, SourceLocation, TensorMeta, Value
from graphviz_torch.ir.literals import Literal

Attributes = tuple[tuple[str, Literal], ...]

# Without references, so that the bytes tell of the contents alone; it tells `1`, `1.0` and `True` apart.
_MARSHAL = 2
_NONE: Any = ()


class DoubtError(Exception):
    """The rows should be read with care."""


class NodeReader:
    """Reads rows of nodes one after the other; equal strings and equal arguments become one object.

    Args:
        attributes: reads the arguments of one node, with care.

    Attributes:
        values: what the nodes make, so far.
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
        self.values: list[Value] = []

    def nodes(self, rows: list[Any]) -> tuple[Node, ...]:
        """The nodes.

        Raises:
            DoubtError: something is not as it should be, or not as it usually is.
            MalformedError: arguments are not as they should be.
        """
        try:
            return tuple([self._node(row) for row in rows])
        except (KeyError, TypeError, ValueError, AttributeError):
            raise DoubtError from None

    def _node(self, row: dict[str, Any]) -> Node:
        get, keep = row.get, self._texts.setdefault
        name, label, op, call = row["id"], row["name"], get("op", ""), get("module_call")
        if not (type(name) is type(label) is type(op) is str and (call is None or type(call) is str)):
            raise DoubtError
        name = keep(name, name)
        operands, grad, made = get("operands", _NONE), get("grad_fn", _NONE), get("results", _NONE)
        return make_node(
            name,
            self._kind(row["kind"]),
            keep(label, label),
            keep(op, op),
            () if operands is _NONE else self._list(operands),
            () if made is _NONE else self._results(name, made),
            self._arguments(row["attributes"]) if "attributes" in row else (),
            call if call is None else keep(call, call),
            self._source(get("source")),
            () if grad is _NONE else self._list(grad),
        )

    def _kind(self, item: Any) -> Any:
        if item not in self._kinds:
            raise DoubtError
        return item

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
        results = []
        for index, item in enumerate(items):
            name, meta, view_of, version = item if len(item) == 4 else (*item, None, 0)
            if not (type(name) is str and type(meta) is int and meta >= 0 and type(version) is int and version >= 0):
                raise DoubtError
            if view_of is not None and type(view_of) is not str:
                raise DoubtError
            name = self._texts.setdefault(name, name)
            self.values.append(make_value(name, producer, index, self._meta(meta), view_of, version))
            results.append(name)
        return tuple(results)

    def _meta(self, place: int) -> TensorMeta:
        if place >= len(self._metas):
            raise DoubtError
        return self._metas[place]

    def _source(self, place: Any) -> SourceLocation | None:
        if place is None:
            return None
        if type(place) is not int or not 0 <= place < len(self._sources):
            raise DoubtError
        return self._sources[place]

    def _arguments(self, item: Any) -> Attributes:
        key = marshal.dumps(item, _MARSHAL)
        found = self._attributes.get(key)
        if found is None:
            found = self._attributes[key] = self._read(item)
        return found
