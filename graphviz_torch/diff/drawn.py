"""A comparison as it is drawn: what has an element of its own in the picture stands for what has none.

1. Modules that are never called themselves, as lists of modules are, are drawn by the calls of what is in them.
2. Several operations that came instead of others are drawn as some that went and some that came.
3. Where the whole model is another one, what is right in it and has no counterpart went or came with it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from graphviz_torch.diff.result import Change, Comparison, Place
from graphviz_torch.ir.graph import Graph, ModuleCall


def as_drawn(comparison: Comparison, old: Graph, new: Graph) -> Comparison:
    """The comparison, with places that have elements in the merged graph."""
    known = {call.id: call for graph in (old, new) for call in graph.calls}
    found: list[Change] = []
    for change in comparison.changes:
        if change.kind == "replaced" and any(_is_row(place, known) for place in change.places):
            found.extend(_apart(change))
        else:
            found.append(_change(change, old, new))
        if change.kind == "replaced" and change.places[0].new_path == "":
            found.extend(_contents(change, comparison, old, new))
    return replace(comparison, changes=tuple(found))


def undrawn(comparison: Comparison, old: Graph, new: Graph) -> list[Change]:
    """The changes of what never ran, which no picture can show."""
    return [change for change in comparison.changes if not any(map(_ids, _change(change, old, new).places))]


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


def _contents(change: Change, comparison: Comparison, old: Graph, new: Graph) -> Iterator[Change]:
    """What went with the old model, and what came with the new one."""
    modules = {pair.old_path for pair in comparison.mapping}, {pair.new_path for pair in comparison.mapping}
    before, after = ({node.id: node.op for node in graph.nodes} for graph in (old, new))
    same = [pair for pair in comparison.operations if before.get(pair[0]) == after.get(pair[1])]
    operations = {first for first, _ in same}, {second for _, second in same}
    for target, path, name in _children(old, modules[0] | operations[0]):
        yield replace(change, kind="removed", places=(Place(path, None, (target,)),), before=name, after="")
    for target, path, name in _children(new, modules[1] | operations[1]):
        yield replace(change, kind="added", places=(Place(None, path, (), (target,)),), before="", after=name)


def _children(graph: Graph, paired: Collection[str]) -> Iterator[tuple[str, str, str]]:
    """Id, path and name of what is right in the model and has no counterpart: calls of modules, and operations."""
    types = {module.path: module.type_name for module in graph.modules}
    roots = {call.id for call in graph.calls if call.parent is None}
    for call in graph.calls:
        if call.parent in roots and call.kind == "module" and call.path not in paired:
            yield call.id, call.path, types.get(call.path, "")
    for node in graph.nodes:
        if node.module_call in roots and node.kind == "call" and node.id not in paired:
            yield node.id, "", node.name


def _change(change: Change, old: Graph, new: Graph) -> Change:
    if change.kind == "interface" or all(map(_ids, change.places)):
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
