"""Walks over a graph: who reads a value, what is inside a call, what reaches what. No recursion anywhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property
from operator import attrgetter

from graphviz_torch.ir.graph import Annotation, Diagnostic, Graph, Json, Module, ModuleCall, Node, Value

_ID = attrgetter("id")


class GraphIndex:
    """Look-ups over one graph, each built when first asked for."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph

    @cached_property
    def nodes(self) -> dict[str, Node]:
        """Node by id."""
        return dict(zip(map(_ID, self.graph.nodes), self.graph.nodes, strict=True))

    @cached_property
    def values(self) -> dict[str, Value]:
        """Value by id."""
        return dict(zip(map(_ID, self.graph.values), self.graph.values, strict=True))

    @cached_property
    def calls(self) -> dict[str, ModuleCall]:
        """Module call by id."""
        return dict(zip(map(_ID, self.graph.calls), self.graph.calls, strict=True))

    @cached_property
    def modules(self) -> dict[str, Module]:
        """Module by its first path."""
        return {module.path: module for module in self.graph.modules}

    @cached_property
    def consumers(self) -> dict[str, tuple[str, ...]]:
        """Ids of the nodes that read a value, by value id, each once, in execution order."""
        readers: dict[str, dict[str, None]] = defaultdict(dict)
        for node in self.graph.nodes:
            for operand in node.operands:
                readers[operand][node.id] = None
        return {value: tuple(nodes) for value, nodes in readers.items()}

    @cached_property
    def annotations(self) -> dict[str, dict[str, Json]]:
        """Payload by target and key; the last one wins."""
        table: dict[str, dict[str, Json]] = defaultdict(dict)
        for annotation in self.graph.annotations:
            table[annotation.target][annotation.key] = annotation.payload
        return dict(table)

    @cached_property
    def notes(self) -> dict[str, tuple[Diagnostic, ...]]:
        """The diagnostics about an element, by its id."""
        table: dict[str, list[Diagnostic]] = defaultdict(list)
        for note in self.graph.diagnostics:
            if note.target is not None:
                table[note.target].append(note)
        return {target: tuple(notes) for target, notes in table.items()}

    @cached_property
    def call_children(self) -> dict[str | None, tuple[str, ...]]:
        """Ids of the calls directly inside a call (`None`: the roots), in order of entry."""
        children: dict[str | None, list[str]] = defaultdict(list)
        for call in self.graph.calls:
            children[call.parent].append(call.id)
        return {parent: tuple(ids) for parent, ids in children.items()}

    @cached_property
    def call_nodes(self) -> dict[str | None, tuple[str, ...]]:
        """Ids of the nodes directly inside a call (`None`: outside every call), in execution order."""
        inside: dict[str | None, list[str]] = defaultdict(list)
        for node in self.graph.nodes:
            inside[node.module_call].append(node.id)
        return {call: tuple(ids) for call, ids in inside.items()}

    def ancestors(self, call: str | None) -> Iterator[str]:
        """The call itself, then its parents up to the root."""
        while call is not None:
            yield call
            call = self.calls[call].parent

    def edges(self) -> Iterator[tuple[str, str, str]]:
        """(producer node, consumer node, value) of every operand, in execution order, repeated operands once."""
        for node in self.graph.nodes:
            for operand in dict.fromkeys(node.operands):
                yield self.values[operand].producer, node.id, operand


def reachable(starts: Iterable[str], successors: dict[str, tuple[str, ...]]) -> set[str]:
    """The starts and all that can be reached from them."""
    seen = set(starts)
    todo = list(seen)
    while todo:
        for following in successors.get(todo.pop(), ()):
            if following not in seen:
                seen.add(following)
                todo.append(following)
    return seen


def successors(index: GraphIndex) -> dict[str, tuple[str, ...]]:
    """Node ids that read what a node made, by node id."""
    table: dict[str, dict[str, None]] = defaultdict(dict)
    for producer, consumer, _ in index.edges():
        table[producer][consumer] = None
    return {node: tuple(found) for node, found in table.items()}


def predecessors(index: GraphIndex) -> dict[str, tuple[str, ...]]:
    """Node ids that made what a node reads, by node id."""
    table: dict[str, dict[str, None]] = defaultdict(dict)
    for producer, consumer, _ in index.edges():
        table[consumer][producer] = None
    return {node: tuple(found) for node, found in table.items()}


def annotated(graph: Graph, key: str) -> tuple[Annotation, ...]:
    """The annotations with one key, in order."""
    return tuple(annotation for annotation in graph.annotations if annotation.key == key)
