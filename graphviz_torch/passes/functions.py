"""Functions as regions: what a model runs by itself, grouped by the function of the user's code that it is written in.

1. A group is operations that ran one right after the other, in one function; comprehensions belong to theirs.
2. What is written in a `forward` is in no group: that is what the model itself says.
3. Nothing is grouped where that leaves hardly anything beside the groups, and no group holds a failing operation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

from graphviz_torch.ir.graph import Graph, ModuleCall, Node
from graphviz_torch.passes.regions import OPERATIONS

SMALLEST = 2
LEAST_LEFT = 3
LOCALS = ".<locals>"
Run = tuple[str, list[Node]]


def crowded(graph: Graph, most: float) -> bool:
    """Whether more than `most` things are directly inside the one call around all others."""
    root = _root(graph)
    return root is not None and _directly_inside(graph, root.id) > most


def by_function(graph: Graph) -> Graph:
    """The graph with functions as regions in the call around all others."""
    root = _root(graph)
    if root is None:
        return graph
    runs = list(_runs(graph, root.id))
    left = _directly_inside(graph, root.id) - sum(len(nodes) - 1 for _, nodes in runs)
    return _around(graph, root, runs) if runs and left >= LEAST_LEFT else graph


def is_function(call: ModuleCall) -> bool:
    """Whether a region was made here."""
    return call.kind == "inferred" and call.name.endswith("()")


def _root(graph: Graph) -> ModuleCall | None:
    roots = [call for call in graph.calls if call.parent is None]
    return roots[0] if len(roots) == 1 else None


def _directly_inside(graph: Graph, call: str) -> int:
    children = sum(other.parent == call for other in graph.calls)
    return children + sum(node.kind in OPERATIONS and node.module_call == call for node in graph.nodes)


def _runs(graph: Graph, call: str) -> Iterator[Run]:
    """The operations of a call, cut where the function changes or another call runs."""
    failed = graph.failure.node if graph.failure is not None else None

    def function(node: Node) -> str:
        own = node.kind == "call" and node.module_call == call and node.id != failed
        return node.source.function.partition(LOCALS)[0] if own and node.source is not None else ""

    operations = (node for node in graph.nodes if node.kind in OPERATIONS)
    for name, found in groupby(operations, key=function):
        nodes = list(found)
        if name and name.rpartition(".")[2] != "forward" and len(nodes) >= SMALLEST:
            yield name, nodes


def _around(graph: Graph, call: ModuleCall, runs: list[Run]) -> Graph:
    """The graph with a region around each run."""
    numbers: Counter[str] = Counter()
    regions: list[ModuleCall] = []
    inside: dict[str, str] = {}
    for name, nodes in runs:
        region = f"{call.id}:{name}().{numbers[name]}"
        numbers[name] += 1
        regions.append(ModuleCall(region, call.path, call.call_index, call.id, "inferred", f"{name}()"))
        inside.update(dict.fromkeys((node.id for node in nodes), region))
    nodes = [replace(node, module_call=inside[node.id]) if node.id in inside else node for node in graph.nodes]
    return replace(graph, nodes=tuple(nodes), calls=(*graph.calls, *regions))
