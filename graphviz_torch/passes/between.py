"""Between: only what lies on a path from one place to another; links from beside the paths are left out."""

from __future__ import annotations

from graphviz_torch.errors import ViewError
from graphviz_torch.ir.checker import LEAVES
from graphviz_torch.ir.graph import Graph
from graphviz_torch.ir.literals import Literal, Symbol
from graphviz_torch.ir.walks import GraphIndex, predecessors, reachable, successors
from graphviz_torch.passes.names import calls_of, unknown
from graphviz_torch.passes.rewrite import Change, rebuild, without_operands


def between(graph: Graph, start: str | None, end: str | None) -> Graph:
    """The graph of the paths from `start` to `end`; where one is left out, to or from everywhere.

    Args:
        start: a module path, the id of a node or call, or the name of an input.
        end: as `start`.

    Raises:
        ViewError: there is no such place, or no path.
    """
    index = GraphIndex(graph)
    kept = {node.id for node in graph.nodes}
    if start is not None:
        kept &= reachable(_place(graph, start), successors(index))
    if end is not None:
        kept &= reachable(_place(graph, end), predecessors(index))
    kept = {node for node in kept if not _cut_off(index, node, kept)}
    if not kept:
        raise ViewError(f"no path leads from `{start}` to `{end}` in {graph.name}")
    return _only(index, kept)


def _place(graph: Graph, name: str) -> list[str]:
    """The nodes that a user's word means."""
    exact = [node.id for node in graph.nodes if name in (node.id, *node.results)]
    if exact:
        return exact
    roots = {call.id for call in calls_of(graph, name)}
    inside: set[str] = set()
    for call in graph.calls:
        if call.id in roots or call.parent in inside:
            inside.add(call.id)
    found = [node.id for node in graph.nodes if node.module_call in inside]
    found = found or [node.id for node in graph.nodes if node.kind in (*LEAVES, "output") and node.name == name]
    if not found:
        raise unknown(graph, name, nodes=True)
    return found


def _cut_off(index: GraphIndex, node: str, kept: set[str]) -> bool:
    """Whether it is an output whose value comes from beside the paths."""
    found = index.nodes[node]
    return found.kind == "output" and index.values[found.operands[0]].producer not in kept


def _only(index: GraphIndex, kept: set[str]) -> Graph:
    nodes = []
    for node in index.graph.nodes:
        if node.id in kept:
            gone: dict[int, Literal] = {
                place: Symbol("object", index.nodes[producer].name or producer)
                for place, operand in enumerate(node.operands)
                if (producer := index.values[operand].producer) not in kept
            }
            nodes.append(without_operands(node, gone))
    used = {call for node in nodes for call in index.ancestors(node.module_call)}
    calls = [call for call in index.graph.calls if call.id in used]
    return rebuild(index.graph, Change(nodes, calls))
