"""The marks of an overlay: what each changed element of the merged graph says of itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from graphviz_torch.diff.result import Change, Comparison, Place
from graphviz_torch.ir.graph import Annotation
from graphviz_torch.layout.changes import both_words
from graphviz_torch.layout.rolled import rolled

MARKS = {"added": "added", "removed": "removed", "moved": "moved", "renamed": "moved"}
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


def marks(comparison: Comparison, ghost: Callable[[str], str], exists: Callable[[str], bool]) -> list[Annotation]:
    """One mark for each element; where several changes meet, the first one gives the colour.

    Args:
        ghost: the id of the ghost of an old element.
        exists: whether the merged graph has an element of this id.
    """
    found: dict[str, Payload] = {}
    paired = {new for _, new in comparison.operations}
    for change in comparison.changes:
        payload = _payload(change)
        for place in change.places:
            for target, said in _targets(change, place, payload, ghost, paired):
                if exists(target):
                    found[target] = _joined(found.get(target), said)
    return [Annotation(target, "change", dict(said)) for target, said in found.items()]


def _targets(
    change: Change, place: Place, payload: Payload, ghost: Callable[[str], str], paired: set[str]
) -> Iterator[tuple[str, Payload]]:
    if change.kind != "interface":
        yield from ((target, payload) for target in place.new_ids or tuple(map(ghost, place.old_ids)))
        return
    # Inputs and outputs come and go one by one; those that both sides have say what changed.
    for target in place.new_ids:
        yield target, payload if target in paired else {"mark": "added"}
    for old in place.old_ids:
        yield ghost(old), {"mark": "removed"}


def _joined(first: Payload | None, second: Payload) -> Payload:
    if first is None:
        return second
    words = " · ".join(dict.fromkeys(filter(None, (first.get("words"), second.get("words")))))
    return {**second, **{key: word for key, word in first.items() if word}, "words": words}


def _payload(change: Change) -> Payload:
    """The same for all places of a change, so that equal blocks still fold."""
    mark = MARKS.get(change.kind, "changed")
    paths = list(dict.fromkeys(path_of(place) for place in change.places))
    said = {"mark": mark, "more": f"in {len(paths)} places: {rolled(paths)}" if len(paths) > 1 else ""}
    if mark == "moved":
        return {**said, "words": f"was {rolled([place.old_path or '' for place in change.places])}", "more": ""}
    if mark != "changed":
        return {**said, "alone": change.after or change.before}
    if not (change.before and change.after):
        return {**said, "words": f"now {change.after}" if change.after else f"no longer {change.before}"}
    if change.kind == "replaced":
        return {**said, "title": f"{change.before} → {change.after}"}
    return {**said, "words": both_words(change.before, change.after)}


def path_of(place: Place) -> str:
    """The path where it is now, else where it was."""
    return (place.old_path or "") if place.new_path is None else place.new_path
