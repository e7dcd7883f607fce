"""What stands for modules that are never called themselves, as lists of modules are: the calls of what is in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from graphviz_torch.diff.result import Change, Comparison, Place
from graphviz_torch.ir.graph import Graph


def with_called(comparison: Comparison, old: Graph, new: Graph) -> Comparison:
    """The comparison, its places with the outermost calls below modules that have none of their own."""
    changes = tuple(
        change if change.kind == "interface" else _change(change, old, new) for change in comparison.changes
    )
    return replace(comparison, changes=changes)


def undrawn(comparison: Comparison) -> list[Change]:
    """The changes of what never ran, which no picture can show."""
    return [change for change in comparison.changes if not any(_ids(place) for place in change.places)]


def _ids(place: Place) -> tuple[str, ...]:
    return place.new_ids + place.old_ids


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
