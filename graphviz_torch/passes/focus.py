"""Focus: one module alone, its surroundings as ports.

1. What ran inside a call of the module stays. Calls around it are left out, so that depth counts from the module.
2. A value from outside comes from an input that is named by its origin; inputs, parameters, buffers and constants
   of the graph stay what they are.
3. A value that is read outside goes to an output that is named by its first reader.
"""

from __future__ import annotations

from dataclasses import replace

from graphviz_torch.ir.graph import Graph, Node
from graphviz_torch.ir.walks import GraphIndex
from graphviz_torch.passes.names import calls_of, never_called, unknown
from graphviz_torch.passes.regions import OPERATIONS
from graphviz_torch.passes.rewrite import Change, rebuild


def focus(graph: Graph, path: str) -> Graph:
    """The graph of what one module does.

    Raises:
        ViewError: there is no such module, or it was never called.
    """
    roots = {call.id for call in calls_of(graph, path)}
    if not roots:
        known = any(path in (module.path, *module.aliases) for module in graph.modules)
        raise never_called(graph, path) if known else unknown(graph, path)
    kept: set[str] = set()
    calls = []
    for call in graph.calls:
        if call.id in roots or call.parent in kept:
            kept.add(call.id)
            calls.append(replace(call, parent=None) if call.id in roots else call)
    inside = {node.id for node in graph.nodes if node.kind in OPERATIONS and node.module_call in kept}
    return rebuild(graph, Change(_nodes(GraphIndex(graph), inside), calls))


def _nodes(index: GraphIndex, inside: set[str]) -> list[Node]:
    names = _Names(index)
    read = {operand for node in inside for operand in index.nodes[node].operands}
    found: list[Node] = []
    ends: list[Node] = []
    for node in index.graph.nodes:
        if node.id in inside:
            found.append(node)
            ports = (names.port(result, inside) for result in node.results)
            ends.extend(port for port in ports if port is not None)
        elif node.kind in OPERATIONS:
            found.extend(names.source(node, result) for result in node.results if result in read)
        elif node.kind == "output":
            producer = index.values[node.operands[0]].producer
            ends.extend([node] if producer in inside else [])
        elif node.results[0] in read:
            found.append(node)
    return [*found, *ends]


class _Names:
    """Names ports by what is on their other side."""

    def __init__(self, index: GraphIndex) -> None:
        self._index = index

    def source(self, node: Node, value: str) -> Node:
        """An input in place of the operation outside that made a value."""
        return Node(f"in:{value}", "input", self._origin(node), results=(value,))

    def port(self, value: str, inside: set[str]) -> Node | None:
        """An output in place of the operations outside that read a value; the graph's own outputs stay themselves."""
        readers = [self._index.nodes[reader] for reader in self._index.consumers.get(value, ())]
        outside = [reader for reader in readers if reader.kind != "output" and reader.id not in inside]
        return Node(f"out:{value}", "output", self._origin(outside[0]), operands=(value,)) if outside else None

    def _origin(self, node: Node) -> str:
        """The path of the module that a node ran in, or where that is the root, its own name."""
        if node.kind == "module":
            return node.name
        path = self._index.calls[node.module_call].path if node.module_call is not None else ""
        return path or node.name
