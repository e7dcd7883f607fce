"""The checker: the rules that every graph keeps, whoever made it.

1. Ids of nodes and calls are unique together; ids of values are unique.
2. Every result of a node is a value that names the node as its producer, at that place; there are no other values,
   and they stand in the order of their producers.
3. Every operand is made by an earlier node. A view shares the memory of a value that exists.
4. Inputs, parameters, buffers and constants read nothing and make one value; an output reads one and makes none.
5. `inputs` and `outputs` list exactly the nodes of these kinds, in order.
6. A call stands after its parent (so there is no loop), and what it names exists.
7. What annotations, diagnostics and the failure are about exists.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from typing import NoReturn

from graphviz_torch.errors import GraphError
from graphviz_torch.ir.graph import Graph, ModuleCall, Node, Value
from graphviz_torch.ir.text import node_text, word

LEAVES = frozenset(("input", "parameter", "buffer", "constant"))
NEIGHBOURS = 3
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Names:
    """The ids in use: of nodes, of values, and of the calls that nodes name."""

    nodes: Set[str]
    values: Set[str]
    calls: Set[str]


def check(graph: Graph, names: Names | None = None) -> None:
    """Checks the rules above.

    Args:
        names: given where the nodes and values were read in a way that keeps the rules about them.

    Raises:
        GraphError: the first rule that is broken, with the nodes around the place.
    """
    if names is None:
        names = _check_nodes(graph)
    else:
        _check_ids(graph, graph.calls, set(names.nodes))
    _check_calls(graph, names)
    _check_targets(graph, names)


def _check_nodes(graph: Graph) -> Names:
    values = {value.id: value for value in graph.values}
    nodes: set[str] = set()
    _check_ids(graph, graph.nodes, nodes)
    _check_ids(graph, graph.calls, set(nodes))
    if len(values) != len(graph.values):
        twice = Counter(value.id for value in graph.values).most_common(1)[0][0]
        _broken(graph, values[twice].producer, f"the value {word(twice)} has two producers")
    _check_results(graph, values)
    _check_operands(graph, values)
    _check_ends(graph)
    calls = {node.module_call for node in graph.nodes if node.module_call is not None}
    return Names(nodes, values.keys(), calls)


def _check_ids(graph: Graph, items: Sequence[Node | ModuleCall], seen: set[str]) -> None:
    for item in items:
        if item.id in seen:
            _broken(graph, item.id, f"the id {word(item.id)} is used twice")
        seen.add(item.id)


def _check_results(graph: Graph, values: dict[str, Value]) -> None:
    for node in graph.nodes:
        for index, result in enumerate(node.results):
            value = values.get(result)
            if value is None:
                _broken(graph, node.id, f"{word(node.id)} makes {word(result)}, which is no value of the graph")
            if value.producer != node.id or value.index != index:
                claim = f"{word(value.producer)}, result {value.index}"
                _broken(graph, node.id, f"{word(node.id)} makes {word(result)} as result {index}, but it names {claim}")
    made = [result for node in graph.nodes for result in node.results]
    if made != list(values):
        lost = next((value for value in graph.values if value.id not in set(made)), None)
        if lost is not None:
            _broken(graph, lost.producer, f"the value {word(lost.id)} is made by no node")
        _broken(graph, None, "the values do not stand in the order of the nodes that make them")


def _check_operands(graph: Graph, values: dict[str, Value]) -> None:
    made: set[str] = set()
    for node in graph.nodes:
        if not made.issuperset(node.operands):
            lost = next(operand for operand in node.operands if operand not in made)
            wrong = "is read before it is made" if lost in values else "is no value of the graph"
            _broken(graph, node.id, f"{word(node.id)} reads {word(lost)}, which {wrong}")
        made.update(node.results)
    for value in graph.values:
        if value.view_of is not None and value.view_of not in values:
            lost_view = f"{word(value.id)} is a view of {word(value.view_of)}, which is no value of the graph"
            _broken(graph, value.producer, lost_view)


def _check_ends(graph: Graph) -> None:
    for node in graph.nodes:
        wrong = node.kind != "call" and leads_wrong(node.kind, node.operands, node.results)
        if wrong:
            _broken(graph, node.id, f"the {node.kind} {word(node.id)} {wrong}")
    for kind, listed in (("input", graph.inputs), ("output", graph.outputs)):
        if tuple(node.id for node in graph.nodes if node.kind == kind) != listed:
            _broken(graph, listed[0] if listed else None, f"the list of {kind}s is not that of the {kind} nodes")


def leads_wrong(kind: str, operands: Sequence[str], results: Sequence[str]) -> str:
    """What an end of the data flow should read and make instead; empty where all is well."""
    if kind in LEAVES and (operands or len(results) != 1):
        return "should read nothing and make one value"
    if kind == "output" and (len(operands) != 1 or results):
        return "should read one value and make none"
    return ""


def _check_calls(graph: Graph, names: Names) -> None:
    seen: set[str] = set()
    for call in graph.calls:
        if call.parent is not None and call.parent not in seen:
            _broken(graph, call.id, f"no call before {word(call.id)} is its parent {word(call.parent)}")
        seen.add(call.id)
        for value in (*call.operands, *call.results):
            if value not in names.values:
                _broken(graph, call.id, f"the call {word(call.id)} names {word(value)}, which is no value of the graph")
    if not names.calls <= seen:
        node, lost = next((node, node.module_call) for node in graph.nodes if node.module_call in names.calls - seen)
        _broken(graph, node.id, f"{word(node.id)} ran in {word(str(lost))}, which is no call of the graph")


def _check_targets(graph: Graph, names: Names) -> None:
    calls = {call.id for call in graph.calls}
    for kind, target in _targets(graph):
        if not (target is None or target in names.nodes or target in calls or target in names.values):
            _broken(graph, None, f"the {kind} is about {word(target)}, which is not in the graph")
    place = None if graph.failure is None else graph.failure.module_call
    if place is not None and place not in calls:
        _broken(graph, None, f"the failure is in {word(place)}, which is no call of the graph")


def _targets(graph: Graph) -> Iterator[tuple[str, str | None]]:
    for annotation in graph.annotations:
        yield f"annotation {word(annotation.key)}", annotation.target
    for diagnostic in graph.diagnostics:
        yield f"diagnostic {word(diagnostic.code)}", diagnostic.target
    if graph.failure is not None:
        yield "failure", graph.failure.node


def _broken(graph: Graph, place: str | None, message: str) -> NoReturn:
    raise GraphError(_short(message), details=tuple(_neighbourhood(graph, place)))


def _neighbourhood(graph: Graph, place: str | None) -> Iterator[str]:
    """The nodes around a place, in text form, the place itself marked."""
    at = next((number for number, node in enumerate(graph.nodes) if place in (node.id, node.module_call)), None)
    if at is None:
        return
    values = {value.id: value for value in graph.values}
    for number in range(max(0, at - NEIGHBOURS), min(len(graph.nodes), at + NEIGHBOURS + 1)):
        node = graph.nodes[number]
        yield _short(("> " if number == at else "  ") + node_text(node, _known(node, values)))


def _known(node: Node, values: dict[str, Value]) -> Sequence[Value]:
    return [values[result] for result in node.results if result in values]


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."
