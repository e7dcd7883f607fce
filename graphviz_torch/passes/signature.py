"""Structural signatures: equal numbers for calls and operations that do the same to tensors of the same types.

In the signature: type and own parameters of the module, operations with their constants and result types, the data
flow inside, what comes from outside in order of first use, training mode, marks and notes. Not in it: names, paths
and which weights they are. What failed is like nothing else.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field

from graphviz_torch.ir.graph import Annotation, Graph, Json, Node, TensorMeta
from graphviz_torch.ir.literals import Slice
from graphviz_torch.ir.walks import GraphIndex
from graphviz_torch.passes import measures
from graphviz_torch.passes.regions import OPERATIONS, Region, regions

PICKING = frozenset(("getitem", "__getitem__", "select", "narrow"))

Token = tuple[Hashable, ...]


@dataclass(slots=True)
class Signatures:
    """The signatures of one graph.

    Attributes:
        operations: the operations in order; a place is a number in this list.
        places: the place of an operation by its id.
        labels: the signature of an operation (without its data flow) or of a call.
        reads: the values that come into a call from outside, without its own parameters and buffers.
        items: ids of the operations and calls directly inside a call, in order of time (`None`: outside every call).
        loose: for operations that pick by number (`x[3]`) a signature without that number, for loops that count.
    """

    index: GraphIndex
    tree: Mapping[str, Region]
    operations: list[Node]
    places: dict[str, int]
    labels: dict[str, int] = field(default_factory=dict)
    reads: dict[str, tuple[str, ...]] = field(default_factory=dict)
    items: dict[str | None, list[str]] = field(default_factory=dict)
    loose: dict[str, int] = field(default_factory=dict)

    def span(self, item: str) -> tuple[int, int]:
        """First place and number of the operations of an item."""
        region = self.tree.get(item)
        return (self.places[item], 1) if region is None else (region.first, region.size)

    def read(self, item: str) -> tuple[str, ...]:
        """The values that an item reads from outside."""
        return self.reads[item] if item in self.tree else self.index.nodes[item].operands


def sign(graph: Graph) -> Signatures:
    """The signatures of all operations and calls."""
    index = GraphIndex(graph)
    operations = [node for node in graph.nodes if node.kind in OPERATIONS]
    places = {node.id: place for place, node in enumerate(operations)}
    found = Signatures(index, regions(graph), operations, places)
    _order_items(found)
    _Signer(found).sign()
    return found


def _order_items(found: Signatures) -> None:
    outside = [node.id for node in found.operations if node.module_call is None]
    roots = [call for call, region in found.tree.items() if region.call.parent is None and region.size]
    found.items[None] = _by_time(found, outside, roots)
    for call, region in found.tree.items():
        found.items[call] = _by_time(found, region.own, region.children)


def _by_time(found: Signatures, nodes: list[str], calls: list[str]) -> list[str]:
    if not calls:
        return nodes
    return sorted([*nodes, *calls], key=lambda item: found.span(item)[0])


class _Signer:
    """Numbers what it has not met before."""

    def __init__(self, found: Signatures) -> None:
        self._found = found
        self._numbers: dict[Hashable, int] = {}
        self._kinds: dict[int, tuple[TensorMeta, int]] = {}
        self._marks = _marks(found.index)
        self._failed = _failed(found.index)
        self._own_parameters = {
            module.path: (
                module.training,
                tuple((tensor.name, self._kind(tensor.meta)) for tensor in module.parameters),
            )
            for module in found.index.graph.modules
        }

    def sign(self) -> None:
        labels = self._found.labels
        for node in self._found.operations:
            labels[node.id] = self._operation(node, node.attributes)
            if node.name in PICKING:
                self._found.loose[node.id] = self._operation(node, _without_numbers(node.attributes))
        for call, region in reversed(list(self._found.tree.items())):
            if region.size:
                labels[call] = self._call(call, region)

    def _number(self, key: Hashable) -> int:
        return self._numbers.setdefault(key, len(self._numbers))

    def _kind(self, meta: TensorMeta) -> int:
        """The number of a type; most types are one object that many values share."""
        known = self._kinds.get(id(meta))
        if known is None:
            number = self._number(("type", meta.shape, meta.dtype, meta.device))
            known = self._kinds[id(meta)] = (meta, number)
        return known[1]

    def _operation(self, node: Node, attributes: Hashable) -> int:
        if node.id in self._failed:
            return self._number(("failed", node.id))
        values = self._found.index.values
        types = tuple([self._kind(values[result].meta) for result in node.results])
        name = node.name if node.kind == "call" else ""
        return self._number((name, node.op, attributes, types, len(node.operands), self._marks.get(node.id)))

    def _call(self, call: str, region: Region) -> int:
        flow, reads = self._flow(call, region)
        self._found.reads[call] = reads
        if call in self._failed or not region.whole:
            return self._number(("unique", call))
        path = region.call.path if region.call.kind == "module" else None
        module = self._found.index.modules.get(path) if path is not None else None
        kind = (region.call.kind, region.call.name, module.type if module else "")
        types = tuple([self._kind(self._found.index.values[value].meta) for value in reads])
        own = self._own_parameters.get(path) if path is not None else None
        return self._number((kind, own, types, flow, self._marks.get(call)))

    def _flow(self, call: str, region: Region) -> tuple[Token, tuple[str, ...]]:
        """What each item inside reads, in numbers that mean the same in every equal call."""
        found = self._found
        values, places, labels = found.index.values, found.places, found.labels
        first, end = region.first, region.first + region.size
        prefix = f"{region.call.path}." if region.call.path else ""
        outside: dict[str, int] = {}
        flow: list[Hashable] = []
        for item in found.items[call]:
            flow.append(labels[item])
            for value in found.read(item):
                made = values[value]
                place = places.get(made.producer)
                if place is not None and first <= place < end:
                    flow.append((place - first, made.index))
                elif place is None and (own := self._own(made.producer, prefix)) is not None:
                    flow.append(own)
                else:
                    flow.append(-1 - outside.setdefault(value, len(outside)))
        return tuple(flow), tuple(outside)

    def _own(self, leaf: str, prefix: str) -> str | None:
        """The name of a parameter or buffer below the call, seen from there."""
        node = self._found.index.nodes[leaf]
        if node.kind not in ("parameter", "buffer") or not node.name.startswith(prefix):
            return None
        return node.name[len(prefix) :]


def _without_numbers(item: Hashable) -> Hashable:
    """The arguments with every whole number alike."""
    if isinstance(item, tuple):
        return tuple(map(_without_numbers, item))
    if isinstance(item, Slice):
        return ("slice", *map(_without_numbers, (item.start, item.stop, item.step)))
    return "number" if type(item) is int else item


def _failed(index: GraphIndex) -> set[str]:
    """The failing operation and the calls that were open."""
    failure = index.graph.failure
    if failure is None:
        return set()
    failed = set(index.ancestors(failure.module_call))
    if failure.node is not None and failure.node in index.nodes:
        failed.add(failure.node)
        failed.update(index.ancestors(index.nodes[failure.node].module_call))
    return failed


def _marks(index: GraphIndex) -> dict[str, Hashable]:
    """Marks and notes by target, without what names one copy."""
    found: dict[str, list[tuple[str, str]]] = {}
    for mark in index.graph.annotations:
        content = _operands(index, mark) if mark.key == "edges" else _content(mark.key, mark.payload)
        found.setdefault(mark.target, []).append((mark.key, content))
    for note in index.graph.diagnostics:
        if note.target is not None:
            found.setdefault(note.target, []).append(("note", note.code))
    return {target: tuple(sorted(marks)) for target, marks in found.items()}


def _operands(index: GraphIndex, mark: Annotation) -> str:
    """Which operands of a node only one side of a comparison has, by their places."""
    node, payload = index.nodes.get(mark.target), mark.payload
    if node is None or not isinstance(payload, Mapping):
        return ""
    values = {state: found for state, found in payload.items() if isinstance(found, tuple)}
    return repr([
        [place for place, operand in enumerate(node.operands) if operand in values.get(state, ())]
        for state in ("removed", "added")
    ])  # fmt: skip


def _content(key: str, payload: Json) -> str:
    if key == "fold" and isinstance(payload, Mapping):
        return f"{payload.get('count')} {payload.get('kind')}"
    return "" if key in ("hook", "handled", *measures.KEYS) else repr(payload)
