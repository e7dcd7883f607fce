"""Edits of single operations in traced graphs: each must give exactly one change, of the right class, at its place."""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from dataclasses import replace

import torch

from benchmarks import common
from benchmarks.diff_models import bases, inputs
from graphviz_torch import api
from graphviz_torch.diff.compare import compare
from graphviz_torch.ir.checker import check
from graphviz_torch.ir.graph import Graph, Node
from graphviz_torch.ir.literals import Operand

SEED = 7
Edited = tuple[Graph, str] | None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=12, help="of each kind and base model")
    parser.add_argument("--show", type=int, default=0, help="prints so many failures of each kind")
    options = parser.parse_args()
    state = random.Random(SEED)
    cases: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for name, model in bases():
        args, kwargs = inputs(name)
        with torch.no_grad():
            graph = api.trace(model.eval(), args, kwargs)
        for kind, edit in EDITS.items():
            for _ in range(options.cases):
                made = edit(graph, state)
                if made is None:
                    continue
                new, expected = made
                new = numbered(new)
                check(new)
                found = compare(graph, new)
                told = [f"{change.kind}:{change.places[0].new_path}" for change in found.changes]
                cases[kind] += 1
                right[kind] += told == ([expected] if expected else [])
                if told != ([expected] if expected else []) and cases[kind] - right[kind] <= options.show:
                    print(name, kind, expected, [(c.kind, c.places[0], c.before, c.after) for c in found.changes])
    rows = [[kind, cases[kind], f"{right[kind] / cases[kind]:.1%}"] for kind in EDITS if cases[kind]]
    rows.append(["all", cases.total(), f"{right.total() / cases.total():.1%}"])
    body = "*Right*: exactly one change, of the right class and at the right module (none where nothing changed).\n\n"
    common.keep("diff_operations", "Single operations edited in traced graphs",
                body + common.table(["edit", "cases", "right"], rows), {row[0]: row[1:] for row in rows})  # fmt: skip


def _own(graph: Graph) -> list[Node]:
    """Operations of the user's modules: those of torch's own layers are told by the layer."""
    calls = {call.id: call.path for call in graph.calls}
    users = {module.path for module in graph.modules if not module.type.startswith("torch.")}
    return [node for node in graph.nodes if node.kind == "call" and calls.get(node.module_call or "") in users]


def _path(graph: Graph, node: Node) -> str:
    return next(call.path for call in graph.calls if call.id == node.module_call)


def _choose(nodes: list[Node], state: random.Random) -> Node | None:
    return state.choice(nodes) if nodes else None


def _replace(graph: Graph, state: random.Random) -> Edited:
    node = _choose([node for node in _own(graph) if len(node.results) == 1], state)
    if node is None:
        return None
    other = replace(node, name="sigmoid", op="torch.sigmoid")
    return _with(graph, other), f"replaced:{_path(graph, node)}"


def _literal(graph: Graph, state: random.Random) -> Edited:
    node = _choose(_own(graph), state)
    if node is None:
        return None
    other = replace(node, attributes=(*node.attributes, ("flavour", "strong")))
    return _with(graph, other), f"attribute:{_path(graph, node)}"


def _insert(graph: Graph, state: random.Random) -> Edited:
    """An operation between an operation and all that reads it."""
    node = _choose([node for node in _own(graph) if len(node.results) == 1], state)
    if node is None:
        return None
    value = next(value for value in graph.values if value.id == node.id)
    new = replace(node, id=f"{node.id}+", name="softsign", op="torch.softsign", operands=(node.id,),
                  results=(f"{node.id}+",), attributes=(("input", Operand(0)),))  # fmt: skip
    place = graph.nodes.index(node) + 1
    nodes = [_reading(other, node.id, new.id) for other in graph.nodes]
    values = list(graph.values)
    values.insert(values.index(value) + 1, replace(value, id=new.id, producer=new.id, view_of=None))
    calls = tuple(
        replace(call, results=_swap(call.results, node.id, new.id),
                operands=_swap(call.operands, node.id, new.id)) for call in graph.calls
    )  # fmt: skip
    made = replace(graph, nodes=(*nodes[:place], new, *nodes[place:]), values=tuple(values), calls=calls)
    return made, f"added:{_path(graph, node)}"


def _delete(graph: Graph, state: random.Random) -> Edited:
    """What read an operation reads its first operand instead."""
    values = {value.id: value for value in graph.values}
    views = {value.view_of for value in graph.values}
    nodes = [
        node
        for node in _own(graph)
        if len(node.results) == 1
        and node.operands
        and node.id not in views
        and values[node.id].meta.shape == values[node.operands[0]].meta.shape
        and values[node.operands[0]].producer.partition(":")[0] not in ("param", "buffer", "in")
    ]
    node = _choose(nodes, state)
    if node is None:
        return None
    kept = node.operands[0]
    calls = tuple(
        replace(call, results=_swap(call.results, node.id, kept), operands=_swap(call.operands, node.id, kept))
        for call in graph.calls
    )
    made = replace(
        graph,
        nodes=tuple(_reading(other, node.id, kept) for other in graph.nodes if other is not node),
        values=tuple(value for value in graph.values if value.id != node.id),
        calls=calls,
    )
    return made, f"removed:{_path(graph, node)}"


def _turn(graph: Graph, state: random.Random) -> Edited:
    """The operands of an operation that does not commute, the other way round."""
    nodes = [
        node for node in _own(graph) if node.name in ("cat", "matmul", "sub", "div") and len(set(node.operands)) == 2
    ]
    node = _choose(nodes, state)
    if node is None:
        return None
    return _with(graph, replace(node, operands=node.operands[::-1])), f"rewired:{_path(graph, node)}"


def _commute(graph: Graph, state: random.Random) -> Edited:
    """The operands of a sum or product, the other way round: no change."""
    nodes = [node for node in _own(graph) if node.name in ("add", "mul") and len(node.operands) == 2]
    node = _choose(nodes, state)
    return None if node is None else (_with(graph, replace(node, operands=node.operands[::-1])), "")


def _reorder(graph: Graph, state: random.Random) -> Edited:
    """Two neighbours that do not read each other run the other way round: no change."""
    both = [
        place
        for place, (one, other) in enumerate(zip(graph.nodes, graph.nodes[1:], strict=False))
        if one.kind == other.kind == "call"
        and one.module_call == other.module_call
        and not set(one.results) & set(other.operands)
        and len(one.results) == len(other.results) == 1
    ]
    if not both:
        return None
    place = state.choice(both)
    nodes = list(graph.nodes)
    nodes[place], nodes[place + 1] = nodes[place + 1], nodes[place]
    by_id = {value.id: value for value in graph.values}
    values = tuple(by_id[result] for node in nodes for result in node.results)
    return replace(graph, nodes=tuple(nodes), values=values), ""


EDITS = {
    "another operation": _replace, "another literal": _literal, "inserted": _insert, "deleted": _delete,
    "operands turned": _turn, "operands of a sum turned": _commute, "order in time": _reorder,
}  # fmt: skip


def _with(graph: Graph, node: Node) -> Graph:
    return replace(graph, nodes=tuple(node if other.id == node.id else other for other in graph.nodes))


def _reading(node: Node, old: str, new: str) -> Node:
    return replace(node, operands=_swap(node.operands, old, new))


def _swap(values: tuple[str, ...], old: str, new: str) -> tuple[str, ...]:
    return tuple(new if value == old else value for value in values)


def numbered(graph: Graph) -> Graph:
    """The ids that a tracer would have given: operations of one name in one call count from 0."""
    seen: Counter[str] = Counter()
    names: dict[str, str] = {}
    for node in graph.nodes:
        names[node.id] = node.id
        if node.kind == "call":
            stem = f"{node.module_call or ''}:{node.name}."
            names[node.id] = f"{stem}{seen[stem]}"
            seen[stem] += 1
    values = {
        value.id: names[value.producer] if value.index == 0 else f"{names[value.producer]}/{value.index}"
        for value in graph.values
    }

    def moved(found: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(values[value] for value in found)

    return replace(
        graph,
        nodes=tuple(
            replace(node, id=names[node.id], operands=moved(node.operands), results=moved(node.results))
            for node in graph.nodes
        ),
        values=tuple(
            replace(
                value, id=values[value.id], producer=names[value.producer], view_of=values.get(value.view_of or "")
            )
            for value in graph.values
        ),
        calls=tuple(
            replace(call, operands=moved(call.operands), results=moved(call.results)) for call in graph.calls
        ),
        annotations=(),
        diagnostics=(),
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
