"""The one place where passes put a changed graph together, so that none of them can lose a link, a mark or a note."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from graphviz_torch.ir.checker import LEAVES
from graphviz_torch.ir.graph import Annotation, Diagnostic, Failure, Graph, Json, ModuleCall, Node, Value
from graphviz_torch.ir.literals import Literal, Operand, Slice, Symbol
from graphviz_torch.ir.literals import Mapping as DictLiteral
from graphviz_torch.passes import measures

_OPERANDS = tuple(map(Operand, range(16)))


@dataclass(frozen=True, slots=True)
class Change:
    """What a pass wants of a graph.

    Attributes:
        nodes: the nodes that stay or are new, in order; they may still read values that are replaced.
        calls: the calls that stay or are new, parents first.
        values: what stands for a value that is gone.
        targets: what stands for a node or call that is gone, where marks and notes move to.
        marks: annotations to add.
        hidden: keys of annotations that are not moved, because they speak of what is no longer drawn.
        copies: whether what is gone was one of several copies, whose measurements are those of its stand-in too.
    """

    nodes: Sequence[Node]
    calls: Sequence[ModuleCall]
    values: Mapping[str, str] = field(default_factory=dict)
    targets: Mapping[str, str] = field(default_factory=dict)
    marks: Sequence[Annotation] = ()
    hidden: frozenset[str] = frozenset()
    copies: bool = False


def rebuild(graph: Graph, change: Change) -> Graph:
    """The changed graph: values, ends, marks, notes and the failure follow the nodes and calls."""
    nodes = _in_order(_reading(change.nodes, change.values))
    values = _values(graph, nodes, change.values)
    known = {value.id for value in values}
    links = _Links(graph, change.values, known)
    calls = tuple([links.of(call) for call in change.calls])
    known.update(node.id for node in nodes)
    known.update(call.id for call in calls)
    targets = _Targets(graph, change, known, frozenset(value.id for value in values))
    return replace(
        graph,
        inputs=tuple([node.id for node in nodes if node.kind == "input"]),
        outputs=tuple([node.id for node in nodes if node.kind == "output"]),
        nodes=tuple(nodes),
        values=values,
        calls=calls,
        annotations=(*targets.annotations(), *change.marks),
        diagnostics=targets.diagnostics(),
        failure=targets.failure(),
    )


def without_operands(node: Node, gone: Mapping[int, Literal]) -> Node:
    """The node without some operands, whose places in its arguments get another spelling."""
    if not gone:
        return node
    kept = [index for index in range(len(node.operands)) if index not in gone]
    places: dict[int, Literal] = dict(gone)
    places.update((old, _OPERANDS[new] if new < len(_OPERANDS) else Operand(new)) for new, old in enumerate(kept))
    attributes = tuple([(name, _spelled(literal, places)) for name, literal in node.attributes])
    return _with(node, tuple([node.operands[index] for index in kept]), attributes)


def _with(node: Node, operands: tuple[str, ...], attributes: tuple[tuple[str, Literal], ...]) -> Node:
    """As `dataclasses.replace`, which takes four times as long: passes change nearly every node."""
    return Node(
        node.id, node.kind, node.name, node.op, operands, node.results, attributes, node.module_call, node.source,
        node.grad_fn,
    )  # fmt: skip


def absorbed(kind: str, name: str) -> Symbol:
    """How a parameter or buffer that is no longer drawn is spelled among the arguments."""
    return Symbol(kind, name.rpartition(".")[2])


def _spelled(literal: Literal, places: Mapping[int, Literal]) -> Literal:
    if isinstance(literal, Operand):
        return places.get(literal.index, literal)
    if isinstance(literal, tuple):
        return tuple(_spelled(part, places) for part in literal)
    if isinstance(literal, Slice):
        return Slice(*(_spelled(part, places) for part in (literal.start, literal.stop, literal.step)))
    if isinstance(literal, DictLiteral):
        return DictLiteral(tuple((key, _spelled(part, places)) for key, part in literal.items))
    return literal


def _reading(nodes: Iterable[Node], values: Mapping[str, str]) -> Iterable[Node]:
    if not values:
        return nodes
    return [
        node
        if values.keys().isdisjoint(node.operands)
        else _with(node, tuple([values.get(operand, operand) for operand in node.operands]), node.attributes)
        for node in nodes
    ]


def _in_order(nodes: Iterable[Node]) -> list[Node]:
    """The nodes, each leaf moved up to its first reader where that now comes earlier."""
    nodes = list(nodes)
    leaves = {node.results[0]: node for node in nodes if node.kind in LEAVES}
    placed: dict[str, Node] = {}
    for node in nodes:
        for operand in node.operands:
            leaf = leaves.get(operand)
            if leaf is not None:
                placed.setdefault(leaf.id, leaf)
        placed.setdefault(node.id, node)
    return list(placed.values())


def _values(graph: Graph, nodes: Iterable[Node], replaced: Mapping[str, str]) -> tuple[Value, ...]:
    old = {value.id: value for value in graph.values}
    made = {result for node in nodes for result in node.results}
    found = []
    for node in nodes:
        for index, result in enumerate(node.results):
            value = old[result]
            view_of = _standing(value.view_of, result, old, replaced, made)
            if value.producer != node.id or value.index != index or value.view_of != view_of:
                value = Value(result, node.id, index, value.meta, view_of, value.version)
            found.append(value)
    return tuple(found)


def _standing(
    view_of: str | None, value: str, old: Mapping[str, Value], replaced: Mapping[str, str], made: set[str]
) -> str | None:
    """The nearest value of the same memory that is still there."""
    while view_of is not None:
        stand_in = replaced.get(view_of, view_of)
        if stand_in in made and stand_in != value:
            return stand_in
        view_of = old[view_of].view_of
    return None


class _Links:
    """Finds what a call names now."""

    def __init__(self, graph: Graph, values: Mapping[str, str], known: set[str]) -> None:
        self._graph = graph
        self._values = values
        self._known = known.copy()

    def of(self, call: ModuleCall) -> ModuleCall:
        """The call with what is still there of its operands and results."""
        if self._known.issuperset(call.operands) and self._known.issuperset(call.results):
            return call
        operands = [self._values.get(link, link) for link in call.operands]
        kept = [place for place, link in enumerate(operands) if link in self._known]
        results = tuple([link for link in map(self._now, call.results) if link in self._known])
        attributes = call.attributes
        if attributes and len(kept) < len(operands):
            places: dict[int, Literal] = {old: Operand(new) for new, old in enumerate(kept)}
            gone = set(range(len(operands))) - set(kept)
            places.update((place, self._spelled(call.operands[place])) for place in gone)
            attributes = tuple([(name, _spelled(literal, places)) for name, literal in attributes])
        operands = [operands[place] for place in kept]
        return replace(call, operands=tuple(operands), results=results, attributes=attributes)

    def _now(self, link: str) -> str:
        return self._values.get(link, link)

    def _spelled(self, value: str) -> Literal:
        leaf = self._leaves.get(value)
        return absorbed(leaf.kind, leaf.name) if leaf is not None else Symbol("value", "...")

    @cached_property
    def _leaves(self) -> dict[str, Node]:
        return {node.results[0]: node for node in self._graph.nodes if node.kind in LEAVES}


class _Targets:
    """Finds what a mark or a note is about now."""

    def __init__(self, graph: Graph, change: Change, known: set[str], values: frozenset[str]) -> None:
        self._graph = graph
        self._change = change
        self._known = known
        self._values = values
        self._producers: dict[str, str] | None = None

    def annotations(self) -> list[Annotation]:
        found = []
        moved: set[tuple[str, str, str]] = set()
        measured: dict[tuple[str, str], Annotation] = {}
        for mark in self._graph.annotations:
            target = self._value_now(mark.target) if mark.key == measures.RANGE else self._now(mark.target)
            if target is None or (target != mark.target and mark.key in self._change.hidden):
                continue
            if mark.key in measures.KEYS:
                self._measure(mark, target, measured)
                continue
            payload = self._reading(mark.payload) if mark.key == "edges" else mark.payload
            once = (target, mark.key, repr(payload))
            if once not in moved:
                moved.add(once)
                same = target == mark.target and payload is mark.payload
                found.append(mark if same else Annotation(target, mark.key, payload))
        return [*found, *measured.values()]

    def _measure(self, mark: Annotation, target: str, measured: dict[tuple[str, str], Annotation]) -> None:
        """Adds what was measured of a copy to what its stand-in says; of anything else that is gone nothing is said."""
        if target != mark.target and not self._change.copies:
            return
        known = measured.get((target, mark.key))
        payload = mark.payload if known is None else measures.joined(known.payload, mark.payload)
        measured[target, mark.key] = Annotation(target, mark.key, payload)

    def _reading(self, payload: Json) -> Json:
        """The values of an annotation that names some."""
        values = self._change.values
        if not values or not isinstance(payload, Mapping):
            return payload
        return {
            state: tuple([values.get(str(value), value) for value in found]) if isinstance(found, tuple) else found
            for state, found in payload.items()
        }

    def diagnostics(self) -> tuple[Diagnostic, ...]:
        found: dict[Diagnostic, None] = {}
        for note in self._graph.diagnostics:
            target = None if note.target is None else self._now(note.target)
            if note.target is None or target is not None:
                found[note if target == note.target else replace(note, target=target)] = None
        return tuple(found)

    def failure(self) -> Failure | None:
        failure = self._graph.failure
        if failure is None:
            return None
        node = None if failure.node is None else self._now(failure.node)
        return replace(failure, node=node, module_call=self._open_call(failure.module_call))

    def _now(self, target: str) -> str | None:
        """What the target is now; a node that is gone has a stand-in even where its value, of the same id, is left."""
        stand_in = self._change.targets.get(target)
        if stand_in is None and target in self._known:
            return target
        if stand_in is None:
            stand_in = self._change.values.get(target)
        if stand_in is None:
            stand_in = self._of_producer(target)
        return stand_in if stand_in in self._known else None

    def _value_now(self, value: str) -> str | None:
        """What a value is now; its producer can have the same id, and be gone without it."""
        if value in self._values:
            return value
        stand_in = self._change.values.get(value)
        return stand_in if stand_in in self._values else None

    def _of_producer(self, value: str) -> str | None:
        """What stands for the producer of a value that is gone."""
        if self._producers is None:
            self._producers = {found.id: found.producer for found in self._graph.values}
        producer = self._producers.get(value)
        return None if producer is None else self._change.targets.get(producer, producer)

    def _open_call(self, call: str | None) -> str | None:
        """The call, or the nearest one around it, or around what stands for it, that is still there."""
        parents = {found.id: found.parent for found in self._graph.calls}
        left = {found.id for found in self._change.calls}
        while call is not None and call not in left:
            stand_in = self._change.targets.get(call)
            call = stand_in if stand_in in left else parents.get(call)
        return call
