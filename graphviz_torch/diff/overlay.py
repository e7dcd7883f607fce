"""One graph of two: the new one, with what is gone from the old one as ghosts, and a mark on all that changed.

1. Marks are annotations with the key `change`: `mark` is `added`, `removed`, `changed` or `moved`; `title` and `words`
   say what it was and what it is, `alone` what it is where nothing better is known, `more` (for a tooltip) in which
   places, and why. They are equal for all places of a change, so that equal blocks still fold.
2. Nothing in an added or removed call is marked itself.
3. A ghost stands behind the operation it followed in the old graph, behind what it reads, and outside of calls it was
   not in. It keeps its edges to what stands behind it.
4. An operation that reads something else, or one in a call that does, has an annotation with the key `edges`:
   `removed` and `added` values. Removed ones are operands of it, so that they can be drawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from graphviz_torch.diff.drawn import as_drawn
from graphviz_torch.diff.ghosts import Ghosts
from graphviz_torch.diff.marks import gone, marks
from graphviz_torch.diff.result import Comparison
from graphviz_torch.ir.graph import Annotation, Graph, Node
from graphviz_torch.ir.walks import GraphIndex

WHOLE = ("added", "removed")


def overlay(old: Graph, new: Graph, comparison: Comparison) -> Graph:
    """The merged graph; `comparison` is what was found between the two."""
    comparison = as_drawn(comparison, old, new)
    ghosts = Ghosts(GraphIndex(old), GraphIndex(new), comparison)
    merged = ghosts.merge(gone(comparison))
    marked = marks(comparison, ghosts.name, ghosts.exists, {call.id for graph in (old, new) for call in graph.calls})
    edges = _Edges(ghosts, merged, _rewired(comparison, ghosts.new))
    merged = edges.graph(comparison.operations)
    inside = _inside_whole(merged, marked)
    kept = tuple(mark for mark in marked if mark.target not in inside)
    return replace(merged, annotations=(*merged.annotations, *kept, *edges.annotations))


def _rewired(comparison: Comparison, new: GraphIndex) -> set[str]:
    """Operations and calls of the new graph that read something else; not those that only return something else."""
    return {
        target for change in comparison.changes if change.kind == "rewired" for place in change.places
        for target in place.new_ids if target not in new.calls or new.calls[target].path != place.new_path
    }  # fmt: skip


def _inside_whole(graph: Graph, marked: Iterable[Annotation]) -> set[str]:
    """What is in a call that is added or removed as a whole."""
    whole = {mark.target for mark in marked if isinstance(mark.payload, Mapping) and mark.payload["mark"] in WHOLE}
    inside: set[str] = set()
    for call in graph.calls:
        if call.parent in whole or call.parent in inside:
            inside.add(call.id)
    inside.update(node.id for node in graph.nodes if node.module_call in whole or node.module_call in inside)
    return inside


class _Edges:
    """Finds the edges that only one side has, at operations that read something else and in calls that do."""

    def __init__(self, ghosts: Ghosts, merged: Graph, rewired: set[str]) -> None:
        self._ghosts, self._merged, self._rewired = ghosts, merged, rewired
        self._old, self._new = ghosts.old, ghosts.new
        self._place = {node.id: number for number, node in enumerate(merged.nodes)}
        self._values = {value.id: value for value in merged.values}
        self.annotations: list[Annotation] = []

    def graph(self, pairs: Iterable[tuple[str, str]]) -> Graph:
        """The merged graph, its operations with removed operands too; `pairs` are old and new operations."""
        changed = {}
        for old, new in pairs if self._rewired else ():
            around = self._around(new)
            if around is not None and old in self._old.nodes and new in self._place:
                node = self._merged.nodes[self._place[new]]
                changed[new] = self._compared(self._old.nodes[old], node, around)
        return replace(self._merged, nodes=tuple(changed.get(node.id, node) for node in self._merged.nodes))

    def _around(self, new: str) -> str | None:
        """The call that reads something else, around an operation; empty for the operation itself."""
        if new in self._rewired:
            return ""
        node = self._new.nodes.get(new)
        calls = self._new.ancestors(node.module_call) if node is not None else ()
        return next((call for call in calls if call in self._rewired), None)

    def _compared(self, before: Node, node: Node, around: str) -> Node:
        read = {value for operand in before.operands if (value := self._value(operand, before)) is not None}
        makers = {value: self._values[value].producer for value in (*read, *node.operands) if value in self._values}
        outside = {value for value, maker in makers.items() if not around or not self._inside(maker, around)}
        earlier = {value for value in read & outside if self._place[makers[value]] < self._place[node.id]}
        # An output reads one value and no more.
        removed = tuple(sorted(value for value in earlier if value not in node.operands and node.kind != "output"))
        added = tuple(
            value for value in dict.fromkeys(node.operands) if value in outside and value not in read
        )  # fmt: skip
        if removed or added:
            self.annotations.append(Annotation(node.id, "edges", {"removed": removed, "added": added}))
        return replace(node, operands=(*node.operands, *removed)) if removed else node

    def _inside(self, node: str, call: str) -> bool:
        return node in self._new.nodes and call in self._new.ancestors(self._new.nodes[node].module_call)

    def _value(self, operand: str, reader: Node) -> str | None:
        """What an old operand is now. What a call is given is told by its place there.

        So what the call before returns instead is no concern of those who read it inside this one.
        """
        found = self._ghosts.value(operand)
        outer = set(self._old.ancestors(self._old.nodes[self._old.values[operand].producer].module_call))
        for call in self._old.ancestors(reader.module_call):
            new = None if call in outer else self._ghosts.paired(call)
            if new is None or new.id in self._rewired:
                continue
            given = self._old.calls[call].operands
            if operand in given and len(given) == len(new.operands) and found not in new.operands:
                return new.operands[given.index(operand)]
        return found
