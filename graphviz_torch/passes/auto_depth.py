"""Auto depth: which calls to open so that about a budget of nodes is drawn.

Level by level from the root, modules of one type on one level are opened together or not at all, so that equal things
look equal; the larger ones first. Where a type does not fit as a whole, those of it that stand for repeats may. The
root and the way to a failing operation are always open, functions never.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from graphviz_torch.ir.graph import Graph
from graphviz_torch.ir.walks import GraphIndex, annotated
from graphviz_torch.passes.collapse import close
from graphviz_torch.passes.functions import is_function
from graphviz_torch.passes.regions import Region, regions

TOLERANCE = 1.25


def auto_depth(graph: Graph, budget: int) -> Graph:
    """The graph with about `budget` operations and closed calls drawn."""
    tree = regions(graph)
    opened = _opened(graph, tree, budget)
    return close(graph, {call for call in tree if call not in opened}, tree)


def _opened(graph: Graph, tree: Mapping[str, Region], budget: int) -> set[str]:
    bodies = _Bodies(tree)
    opened = _failing(graph) | _root(tree)
    drawn = len(bodies.outside(graph)) + sum(bodies.growth(call) for call in opened)
    repeated = {mark.target for mark in annotated(graph, "fold")}
    for group in _groups(graph, tree):
        reachable = [call for call in group if call not in opened and bodies.visible(call, opened)]
        for some in (reachable, [call for call in reachable if call in repeated]):
            growth = sum(bodies.growth(call) for call in some)
            if drawn + growth <= budget * TOLERANCE:
                opened.update(some)
                drawn += growth
                break
    return opened


def _root(tree: Mapping[str, Region]) -> set[str]:
    """The call around all others, if there is one."""
    roots = [call for call, region in tree.items() if region.call.parent is None and region.size]
    return set(roots) if len(roots) == 1 else set()


def _failing(graph: Graph) -> set[str]:
    """The calls around the failing operation."""
    if graph.failure is None:
        return set()
    index = GraphIndex(graph)
    node = index.nodes.get(graph.failure.node or "")
    return {*index.ancestors(node.module_call if node else None), *index.ancestors(graph.failure.module_call)}


def _groups(graph: Graph, tree: Mapping[str, Region]) -> Iterator[list[str]]:
    """Calls of one type on one level: level by level, within a level the type with most operations first.

    Calls with no call in them are on the deepest level of their type: a norm at the end of the model waits for the
    norms in its blocks.
    """
    types = {module.path: module.type for module in graph.modules}
    kinds: dict[str, tuple[str, str, bool]] = {}
    deepest: dict[tuple[str, str, bool], int] = defaultdict(int)
    for call, region in tree.items():
        if region.size and region.call.kind != "repeat" and not is_function(region.call):
            name = types.get(region.call.path, "") if region.call.kind == "module" else region.call.name
            kinds[call] = region.call.kind, name, not region.children
            deepest[kinds[call]] = max(deepest[kinds[call]], region.level)
    groups: dict[tuple[int, str, str, bool], list[str]] = defaultdict(list)
    for call, kind in kinds.items():
        groups[deepest[kind] if kind[-1] else tree[call].level, *kind].append(call)
    order = sorted(groups.items(), key=lambda item: (item[0][0], -sum(tree[call].size for call in item[1])))
    for _, calls in order:
        yield calls


class _Bodies:
    """What is drawn inside a call: its operations and the calls in it, those inside repeats too."""

    def __init__(self, tree: Mapping[str, Region]) -> None:
        self._tree = tree

    def growth(self, call: str) -> int:
        """How many more nodes are drawn when the call is opened."""
        return self._items(call) - 1

    def visible(self, call: str, opened: set[str]) -> bool:
        """Whether the call around it is open."""
        parent = self._tree[call].call.parent
        while parent is not None and self._tree[parent].call.kind == "repeat":
            parent = self._tree[parent].call.parent
        return parent is None or parent in opened

    def outside(self, graph: Graph) -> list[str]:
        """What is drawn when every call is closed."""
        roots = [call for call, region in self._tree.items() if region.call.parent is None and region.size]
        return [*roots, *(node.id for node in graph.nodes if node.module_call is None and node.kind == "call")]

    def _items(self, call: str) -> int:
        region = self._tree[call]
        total = len(region.own)
        todo = list(region.children)
        while todo:
            child = self._tree[todo.pop()]
            if child.call.kind == "repeat":
                total += len(child.own)
                todo.extend(child.children)
            else:
                total += 1
        return total
