"""A comparison as it is drawn: what has an element of its own in the picture stands for what has none.

1. Modules that are never called themselves, as lists of modules are, are drawn by the calls of what is in them.
2. Several operations that came instead of others are drawn as some that went and some that came.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from graphviz_torch.diff.result import Change, Comparison, Place
from graphviz_torch.ir.graph import Graph, ModuleCall


def as_drawn(comparison: Comparison, old: Graph, new: Graph) -> Comparison:
    """The comparison, with places that have elements in the merged graph."""
    known = {call.id: call for graph in (old, new) for call in graph.calls}
    found: list[Change] = []
    for change in comparison.changes:
        if change.kind == "interface":
            found.append(change)
        elif change.kind == "replaced" and any(_is_row(place, known) for place in change.places):
            found.extend(_apart(change))
        else:
            found.append(_change(change, old, new))
    return replace(comparison, changes=tuple(found))


def undrawn(comparison: Comparison) -> list[Change]:
    """The changes of what never ran, which no picture can show."""
    return [change for change in comparison.changes if not any(map(_ids, change.places))]


def _ids(place: Place) -> tuple[str, ...]:
    return place.new_ids + place.old_ids


def _is_row(place: Place, calls: Mapping[str, ModuleCall]) -> bool:
    """Whether it is about operations in a row, not about one, nor about the calls of one module."""
    if len(place.old_ids) < 2 and len(place.new_ids) < 2:
        return False
    paths = {place.old_path, place.new_path}
    return not all(target in calls and calls[target].path in paths for target in _ids(place))


def _apart(change: Change) -> Iterator[Change]:
    """What went, and what came instead."""
    gone = tuple(replace(place, new_ids=(), new_path=None) for place in change.places)
    come = tuple(replace(place, old_ids=(), old_path=None) for place in change.places)
    yield replace(change, kind="removed", places=gone, after="")
    yield replace(change, kind="added", places=come, before="")


def _change(change: Change, old: Graph, new: Graph) -> Change:
    if all(map(_ids, change.places)):
        return change
    return replace(change, places=tuple(place if _ids(place) else _place(place, old, new) for place in change.places))


def _place(place: Place, old: Graph, new: Graph) -> Place:
    return replace(
        place, old_ids=tuple(_outermost(old, place.old_path)), new_ids=tuple(_outermost(new, place.new_path))
    )


def _outermost(graph: Graph, path: str | None) -> Iterator[str]:
    if not path:
        return
    below: set[str] = set()
    for call in graph.calls:
        if call.kind == "module" and call.path.startswith(f"{path}."):
            below.add(call.id)
            if call.parent not in below:
                yield call.id
        elif call.parent in below:
            below.add(call.id)
