"""Makes the tree of a graph: every node in its frame, every edge lifted to the frame that holds both ends."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from graphviz_torch.ir.graph import Graph, Node
from graphviz_torch.ir.walks import GraphIndex
from graphviz_torch.layout.changes import ChangeMarks
from graphviz_torch.layout.grower import Grower
from graphviz_torch.layout.tree import Body, Tree, lift

MANY_STEMS = 6


def build(graph: Graph) -> Tree:
    """The tree of a graph, with each edge lifted to the frame that holds both ends."""
    index = GraphIndex(graph)
    grower = Grower(index)
    grower.place_nodes()
    grower.place_failure()
    keys, groups = _keys(index, grower.together.values())
    changes, states = ChangeMarks(graph), dict[str, str]()
    for node in graph.nodes:
        reader = grower.items[node.id]
        for operand in dict.fromkeys(node.operands):
            value = index.values.get(operand)
            if value is not None and value.producer in grower.items:
                key = keys.get(operand, operand)
                if state := changes.edge(value.producer, node.id, operand):
                    key = f"{state}:{operand}"
                    states[key] = state
                lift(key, grower.items[value.producer], reader)
    bodies = _reachable(grower.canvas)
    return Tree(index, grower.canvas, bodies, grower.items, groups, grower.failed, states)


def _keys(index: GraphIndex, together: Iterable[tuple[Node, ...]]) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """For values that travel together: the key of each value, and the values of each key.

    Results of one node that the same nodes read are one line; so are all results of a node with very many, and of
    inputs that are drawn together.
    """
    keys: dict[str, str] = {}
    groups: dict[str, tuple[str, ...]] = {}
    for node in index.graph.nodes:
        if len(node.results) < 2:
            continue
        found: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for value in node.results:
            if readers := index.consumers.get(value):
                found[readers].append(value)
        if len(found) > MANY_STEMS:
            found = defaultdict(list, {(): [value for group in found.values() for value in group]})
        for group in found.values():
            groups[group[0]] = tuple(group)
            keys.update(dict.fromkeys(group, group[0]))
    for inputs in together:
        group = [node.results[0] for node in inputs]
        groups[group[0]] = tuple(group)
        keys.update(dict.fromkeys(group, group[0]))
    return keys, groups


def _reachable(canvas: Body) -> list[Body]:
    """The frames that hold something, parents first."""
    found = [canvas]
    for body in found:
        found.extend(item.inner for item in body.items if item.inner is not None)
    return found
