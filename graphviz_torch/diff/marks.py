"""The marks of an overlay: what each changed element of the merged graph says of itself."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Sequence

from graphviz_torch.diff.result import Change, Comparison, Place
from graphviz_torch.ir.graph import Annotation
from graphviz_torch.layout.changes import both_words, one_sided
from graphviz_torch.layout.rolled import rolled

MARKS = {"added": "added", "removed": "removed", "moved": "moved", "renamed": "moved"}
# What the ids of old elements begin with in the merged graph.
PREFIX = "old:"
Payload = dict[str, str]


def gone(comparison: Comparison) -> Iterator[str]:
    """Ids of the old graph that have no counterpart."""
    paired = {old for old, _ in comparison.operations}
    for change in comparison.changes:
        for place in change.places:
            if change.kind == "removed" and not place.new_ids:
                yield from place.old_ids
            elif change.kind == "interface":
                yield from (old for old in place.old_ids if old not in paired)


def marks(
    comparison: Comparison, ghost: Callable[[str], str], exists: Callable[[str], bool], calls: Container[str]
) -> list[Annotation]:
    """One mark for each element; where several changes meet, the first one gives the colour.

    Args:
        ghost: the id of the ghost of an old element.
        exists: whether the merged graph has an element of this id.
        calls: ids of the module calls of both graphs.
    """
    found: dict[str, Payload] = {}
    paired = {new for _, new in comparison.operations}
    for change in comparison.changes:
        payload = _payload(change)
        for place in outermost(change):
            for target, said in _targets(change, place, payload, ghost, paired):
                if exists(target):
                    found[target] = _joined(found.get(target), _plain(said, target, calls))
    return [Annotation(target, "change", dict(said)) for target, said in found.items()]


def renames_classes(change: Change) -> bool:
    """Whether nothing but the name of classes has changed."""
    old = (change.places[0].old_path or "").rpartition(".")[2]
    begins = change.op.startswith(change.after.removesuffix("…"))
    return change.kind == "renamed" and begins and change.before != old


def outermost(change: Change) -> Sequence[Place]:
    """Where a change is drawn: of classes that all have another name, only around the others."""
    if not renames_classes(change):
        return change.places
    paths = {place.new_path or "" for place in change.places}
    return [place for place in change.places if paths.isdisjoint(_above(place.new_path or ""))]


def _above(path: str) -> Iterator[str]:
    while path:
        path = path.rpartition(".")[0]
        yield path


def _targets(
    change: Change, place: Place, payload: Payload, ghost: Callable[[str], str], paired: set[str]
) -> Iterator[tuple[str, Payload]]:
    if change.kind == "rewired" and place.words:
        yield from (
            (target, {**payload, "words": words}) for target, words in zip(place.new_ids, place.words, strict=True)
        )
    elif change.kind != "interface":
        yield from ((target, payload) for target in place.new_ids or tuple(map(ghost, place.old_ids)))
    else:
        # Inputs and outputs come and go one by one; those that both sides have say what changed.
        yield from ((target, payload if target in paired else {"mark": "added"}) for target in place.new_ids)
        yield from ((ghost(old), {"mark": "removed"}) for old in place.old_ids)


def _plain(payload: Payload, target: str, calls: Container[str]) -> Payload:
    """The mark of an operation says nothing of the others that came or went with it."""
    alone = "alone" in payload and target.removeprefix(PREFIX) not in calls
    return {key: word for key, word in payload.items() if key != "alone"} if alone else payload


def _joined(first: Payload | None, second: Payload) -> Payload:
    if first is None:
        return second
    both = {
        key: " · ".join(dict.fromkeys(filter(None, (first.get(key), second.get(key))))) for key in ("words", "more")
    }
    return {**second, **{key: word for key, word in first.items() if word}, **both}


def _payload(change: Change) -> Payload:
    """The same for all places of a change, so that equal blocks still fold."""
    mark = MARKS.get(change.kind, "changed")
    paths = list(dict.fromkeys(path_of(place) for place in change.places))
    places = f"in {len(paths)} places: {rolled(paths)}" if len(paths) > 1 else ""
    said = {"mark": mark, "more": "\n".join(filter(None, (places, change.why)))}
    if mark == "moved":
        return {**said, **_moved(change)}
    if mark != "changed":
        return {**said, "alone": change.after or change.before}
    if not (change.before and change.after):
        return {**said, "words": one_sided(change.before, change.after)}
    if change.kind == "replaced":
        return {**said, "title": f"{change.before} → {change.after}"}
    return {**said, "words": both_words(change.before, change.after)}


def _moved(change: Change) -> Payload:
    """What something was called, or where it stood."""
    if renames_classes(change):
        both = f"{change.before} → {change.after}"
        return {"title": both} if change.count == 1 else {"words": f"class {both}"}
    if all(place.old_path == place.new_path for place in change.places):
        return {"words": both_words(change.before, change.after)}
    return {"words": f"was {rolled([place.old_path or '' for place in change.places])}"}


def path_of(place: Place) -> str:
    """The path where it is now, else where it was."""
    return (place.old_path or "") if place.new_path is None else place.new_path
