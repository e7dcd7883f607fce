"""Changed: shows what has changed. Calls around a change are open, all others are one node each.

1. A call that is added or removed as a whole is closed, and so is everything without a change inside.
2. With a context, operations and closed calls that are further than so many edges from a change are gathered: those in
   a row inside one call are drawn as one node.
3. Without one, the largest context is taken that keeps the picture readable.
4. A depth that is a number closes what lies deeper, changed or not; `all` opens every call that is not whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace

from graphviz_torch.ir.graph import Annotation, Graph, ModuleCall, Node
from graphviz_torch.ir.walks import GraphIndex, annotated
from graphviz_torch.passes.closed_changes import summed_up
from graphviz_torch.passes.collapse import close
from graphviz_torch.passes.options import AUTO_NODES, ViewOptions
from graphviz_torch.passes.regions import OPERATIONS, Region, regions
from graphviz_torch.passes.view import number_of, part

WHOLE = ("added", "removed")
CONTEXTS = (6, 3, 2, 1)
ROW = 2


def changed(graph: Graph, context: int | None = None, options: ViewOptions = ViewOptions()) -> Graph:  # noqa: B008 - frozen
    """The changed part of a graph that carries marks of a comparison, and what is around it.

    Args:
        context: how many edges from a change its surroundings are shown; `None` for as many as are readable.
        options: what part of it, whether equal blocks fold, and the depth; `auto` opens what is around a change.

    Raises:
        ViewError: a path or a depth that the graph has not.
    """
    graph = part(graph, options)
    tree = regions(graph)
    closed = _closed(graph, tree, options.depth)
    graph = close(summed_up(graph, closed), closed, tree)
    if context is not None:
        return _gathered(graph, context)
    if options.depth == "all" or _size(graph) <= AUTO_NODES:
        return graph
    for wide in CONTEXTS:
        found = _gathered(graph, wide)
        if _size(found) <= AUTO_NODES:
            break
    return found


def _size(graph: Graph) -> int:
    return sum(node.kind in OPERATIONS for node in graph.nodes)


def _marks(graph: Graph) -> dict[str, str]:
    """The mark of each changed element."""
    found = {}
    for mark in annotated(graph, "change"):
        if isinstance(mark.payload, Mapping):
            found[mark.target] = str(mark.payload.get("mark"))
    return found


def _closed(graph: Graph, tree: Mapping[str, Region], depth: int | str) -> set[str]:
    if depth == "auto":
        opened = _opened(graph)
        return {call for call in tree if call not in opened}
    whole = {target for target, mark in _marks(graph).items() if mark in WHOLE}
    if depth == "all":
        return {call for call in tree if call in whole}
    return {call for call, region in tree.items() if region.level >= number_of(depth) or call in whole}


def _opened(graph: Graph) -> set[str]:
    """The calls around a change, and the root."""
    index, marks = GraphIndex(graph), _marks(graph)
    closed = {target for target, mark in marks.items() if mark in WHOLE}
    opened = {call.id for call in graph.calls if call.parent is None}
    for target in marks:
        node = index.nodes.get(target)
        around = node.module_call if node is not None else index.calls[target].parent if target in index.calls else None
        opened.update(index.ancestors(around))
    return opened - closed


def _gathered(graph: Graph, context: int) -> Graph:
    """The graph with rows of far operations drawn as one node each."""
    far = _far(graph, context)
    rows = [row for row in _rows(graph, far) if len(row) >= ROW]
    if not rows:
        return graph
    paths = {call.id: call.path for call in graph.calls}
    home: dict[str, str] = {}
    calls = list(graph.calls)
    marks = []
    for row in rows:
        around = row[0].module_call
        name = f"{row[0].id}~unchanged"
        calls.append(ModuleCall(name, paths.get(around or "", ""), 0, around, "operation", "unchanged"))
        marks.append(Annotation(name, "unchanged", {"modules": sum(node.kind == "module" for node in row)}))
        home |= dict.fromkeys((node.id for node in row), name)
    nodes = tuple(replace(node, module_call=home[node.id]) if node.id in home else node for node in graph.nodes)
    graph = replace(graph, nodes=nodes, calls=tuple(calls), annotations=(*graph.annotations, *marks))
    return close(graph, set(home.values()), regions(graph))


def _far(graph: Graph, context: int) -> set[str]:
    """Operations that are more than so many edges away from anything that changed."""
    near = _near(graph)
    neighbours: dict[str, set[str]] = defaultdict(set)
    for producer, consumer, _ in GraphIndex(graph).edges():
        neighbours[producer].add(consumer)
        neighbours[consumer].add(producer)
    reached = set(near)
    for _ in range(context):
        near = {other for node in near for other in neighbours[node]} - reached
        reached |= near
    return {node.id for node in graph.nodes if node.kind in OPERATIONS} - reached


def _near(graph: Graph) -> set[str]:
    """What is marked itself, and where something was read once."""
    marks = _marks(graph)
    found = {node.id for node in graph.nodes if node.id in marks}
    edges = {mark.target for mark in annotated(graph, "edges")}
    return found | {node.id for node in graph.nodes if node.id in edges}


def _rows(graph: Graph, far: set[str]) -> Iterator[list[Node]]:
    """Far operations in a row, inside one call."""
    row: list[Node] = []
    for node in graph.nodes:
        if node.kind not in OPERATIONS:
            continue
        if row and (node.id not in far or node.module_call != row[-1].module_call):
            yield row
            row = []
        if node.id in far:
            row.append(node)
    if row:
        yield row
