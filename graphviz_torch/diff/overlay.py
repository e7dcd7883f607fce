"""One graph of two: the new one, with what is gone from the old one as ghosts, and a mark on all that changed.

1. Marks are annotations with the key `change`: `mark` is `added`, `removed`, `changed` or `moved`; `title` and `words`
   say what it was and what it is, `alone` what it is where nothing better is known, `more` in which places. They are
   equal for all places of a change, so that equal blocks still fold.
2. Nothing in an added or removed call is marked itself.
3. A ghost stands behind the operation it followed in the old graph, behind what it reads, and outside of calls it was
   not in. It keeps its edges to what stands behind it.
4. An operation that reads something else has an annotation with the key `edges`: `removed` and `added` values. Removed
   ones are operands of it, so that they can be drawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from graphviz_torch.diff.ghosts import Ghosts
from graphviz_torch.diff.marks import gone, marks
from graphviz_torch.diff.result import Comparison
from graphviz_torch.ir.graph import Annotation, Graph, Node, Value
from graphviz_torch.ir.walks import GraphIndex

WHOLE = ("added", "removed")


def overlay(old: Graph, new: Graph, comparison: Comparison) -> Graph:
    """The merged graph; `comparison` is what was found between the two."""
    ghosts = Ghosts(GraphIndex(old), GraphIndex(new), comparison)
    merged = ghosts.merge(gone(comparison))
    marked = marks(comparison, ghosts.name, ghosts.exists)
    edges = _Edges(ghosts, merged)
    merged = edges.rewired(_pairs(comparison))
    inside = _inside_whole(merged, marked)
    kept = tuple(mark for mark in marked if mark.target not in inside)
    return replace(merged, annotations=(*merged.annotations, *kept, *edges.annotations))


def _pairs(comparison: Comparison) -> Iterator[tuple[str, str]]:
    """The operations that may read something else: those of changes that speak of it."""
    rewired = {
        target for change in comparison.changes if change.kind == "rewired" for place in change.places
        for target in place.new_ids
    }  # fmt: skip
    return ((old, new) for old, new in comparison.operations if new in rewired)


def _inside_whole(graph: Graph, marked: Iterable[Annotation]) -> set[str]:
    """What is in a call that is added or removed as a whole."""
    whole = {mark.target for mark in marked if isinstance(mark.payload, Mapping) and mark.payload["mark"] in WHOLE}
    inside: set[str] = set()
    for call in graph.calls:
        if call.parent in whole or call.parent in inside:
            inside.add(call.id)
    inside.update(node.id for node in graph.nodes if node.module_call in whole or node.module_call in inside)
    return inside


@dataclass(slots=True)
class _Edges:
    """Finds the edges that only one side has."""

    ghosts: Ghosts
    merged: Graph
    annotations: list[Annotation] = field(default_factory=list)

    def rewired(self, pairs: Iterable[tuple[str, str]]) -> Graph:
        """The merged graph, its operations with removed operands too."""
        place = {node.id: number for number, node in enumerate(self.merged.nodes)}
        values = {value.id: value for value in self.merged.values}
        changed = {}
        for old, new in pairs:
            node = self.merged.nodes[place[new]] if new in place else None
            before = self.ghosts.old.nodes.get(old)
            if node is not None and before is not None:
                changed[new] = self._compared(before, node, place, values)
        return replace(self.merged, nodes=tuple(changed.get(node.id, node) for node in self.merged.nodes))

    def _compared(self, before: Node, node: Node, place: Mapping[str, int], values: Mapping[str, Value]) -> Node:
        read = {value for operand in before.operands if (value := self.ghosts.value(operand)) is not None}
        earlier = {value for value in read if value in values and place[values[value].producer] < place[node.id]}
        # An output reads one value and no more.
        removed = tuple(sorted(value for value in earlier if value not in node.operands and node.kind != "output"))
        added = tuple(operand for operand in dict.fromkeys(node.operands) if operand not in read)
        if removed or added:
            self.annotations.append(Annotation(node.id, "edges", {"removed": removed, "added": added}))
        return replace(node, operands=(*node.operands, *removed)) if removed else node
