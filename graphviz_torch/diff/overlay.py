"""One graph of two: the new one, with what is gone from the old one as ghosts, and a mark on all that changed.

1. Marks are annotations with the key `change`: `mark` is `added`, `removed`, `changed` or `moved`; `title` and `words`
   say what it was and what it is, `more` in which places. They are equal for all places of a change, so that equal
   blocks still fold.
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
from graphviz_torch.diff.result import Change, Comparison, Place
from graphviz_torch.ir.graph import Annotation, Graph, Node, Value
from graphviz_torch.ir.walks import GraphIndex
from graphviz_torch.layout.changes import both_words
from graphviz_torch.layout.rolled import rolled

MARKS = {"added": "added", "removed": "removed", "moved": "moved", "renamed": "moved"}
WHOLE = ("added", "removed")


def overlay(old: Graph, new: Graph, comparison: Comparison) -> Graph:
    """The merged graph; `comparison` is what was found between the two."""
    ghosts = Ghosts(GraphIndex(old), GraphIndex(new), comparison)
    merged = ghosts.merge(_gone(comparison))
    marks = list(_marks(comparison, ghosts))
    edges = _Edges(ghosts, merged)
    merged = edges.rewired(_pairs(comparison))
    inside = _inside_whole(merged, marks)
    kept = tuple(mark for mark in marks if mark.target not in inside)
    return replace(merged, annotations=(*merged.annotations, *kept, *edges.annotations))


def _gone(comparison: Comparison) -> Iterator[str]:
    """Ids of the old graph that have no counterpart."""
    for change in comparison.changes:
        for place in change.places:
            if not place.new_ids and change.kind in ("removed", "interface"):
                yield from place.old_ids


def _marks(comparison: Comparison, ghosts: Ghosts) -> Iterator[Annotation]:
    seen: set[str] = set()
    for change in comparison.changes:
        payload = _payload(change)
        for place in change.places:
            for target in place.new_ids or tuple(map(ghosts.name, place.old_ids)):
                if ghosts.exists(target) and target not in seen:
                    seen.add(target)
                    yield Annotation(target, "change", _of_place(change, place, payload))


def _payload(change: Change) -> dict[str, str]:
    both = bool(change.before and change.after)
    replaced = change.kind == "replaced" and both
    mark = MARKS.get(change.kind, "changed")
    paths = list(dict.fromkeys(_path(place) for place in change.places))
    more = f"in {len(paths)} places: {rolled(paths)}" if len(paths) > 1 else ""
    words = both_words(change.before, change.after) if both and not replaced else ""
    if mark == "changed" and not both:
        words = f"{'+' if change.after else '-'} {change.after or change.before}".strip()
        mark = _one_sided(change, mark)
    title = f"{change.before} → {change.after}" if replaced else ""
    alone = "" if both or words else change.after or change.before
    return {"mark": mark, "title": title, "words": words, "alone": alone, "more": more}


def _one_sided(change: Change, mark: str) -> str:
    """An input or output that only one side has is added or removed like anything else."""
    place = change.places[0]
    if change.kind == "interface" and bool(place.old_ids) != bool(place.new_ids):
        return "added" if place.new_ids else "removed"
    return mark


def _of_place(change: Change, place: Place, payload: Mapping[str, str]) -> dict[str, str]:
    """What has moved says where it was, each for itself."""
    if MARKS.get(change.kind) != "moved" or place.old_path in (None, place.new_path):
        return dict(payload)
    return {**payload, "words": f"was {place.old_path}"}


def _path(place: Place) -> str:
    return (place.old_path or "") if place.new_path is None else place.new_path


def _pairs(comparison: Comparison) -> Iterator[tuple[str, str]]:
    """The operations that may read something else: those of changes that speak of it."""
    rewired = {
        target for change in comparison.changes if change.kind == "rewired" for place in change.places
        for target in place.new_ids
    }  # fmt: skip
    return ((old, new) for old, new in comparison.operations if new in rewired)


def _inside_whole(graph: Graph, marks: Iterable[Annotation]) -> set[str]:
    """What is in a call that is added or removed as a whole."""
    whole = {mark.target for mark in marks if isinstance(mark.payload, Mapping) and mark.payload["mark"] in WHOLE}
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
        removed = tuple(sorted(value for value in earlier if value not in node.operands))
        added = tuple(operand for operand in dict.fromkeys(node.operands) if operand not in read)
        if removed or added:
            self.annotations.append(Annotation(node.id, "edges", {"removed": removed, "added": added}))
        return replace(node, operands=(*node.operands, *removed)) if removed else node
