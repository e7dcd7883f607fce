"""Rolls equal edits up into one change each, and puts the changes in order."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from fractions import Fraction
from functools import lru_cache

from graphviz_torch.diff.edits import Edit
from graphviz_torch.diff.result import Change, Severity
from graphviz_torch.diff.words import listed

SEVERITIES: tuple[Severity, ...] = ("breaking", "structural", "cosmetic", "info")


def roll_up(edits: Sequence[Edit]) -> tuple[tuple[Change, ...], dict[Edit, int]]:
    """The changes, by severity and then as they stand in the run, and the number of the change of each edit."""
    ratios = _shared_ratios(edits)
    groups: dict[Hashable, list[Edit]] = {}
    for edit in sorted(edits, key=lambda edit: edit.order):
        groups.setdefault(_group(edit, ratios), []).append(edit)
    ordered = sorted(groups.values(), key=lambda group: (_rank(group), group[0].order))
    numbers = {edit: number for number, group in enumerate(ordered) for edit in group}
    return tuple(_change(group, ratios) for group in ordered), numbers


def _rank(group: Sequence[Edit]) -> int:
    return min(SEVERITIES.index(edit.severity) for edit in group)


def _group(edit: Edit, ratios: set[Fraction]) -> Hashable:
    ratio = _ratio(edit)
    if ratio in ratios:
        return "ratio", ratio
    if len(edit.widths) == 1:
        return "width", edit.widths
    if edit.group is not None:
        # One wrapped or inserted module may break keys where its equals do not; it is still one edit.
        return edit.kind, edit.group
    return edit.kind, edit.severity, edit.op, edit.before, edit.after


def _ratio(edit: Edit) -> Fraction | None:
    """What all sizes of an edit are multiplied by, if it is one number."""
    return _ratio_of(edit.widths)


@lru_cache(maxsize=256)
def _ratio_of(widths: tuple[tuple[int, int], ...]) -> Fraction | None:
    found = {Fraction(after, before) if before else None for before, after in widths}
    return found.pop() if len(found) == 1 else None


def _shared_ratios(edits: Sequence[Edit]) -> set[Fraction]:
    """The factors by which several different sizes grew."""
    sizes: dict[Fraction, set[tuple[int, int]]] = {}
    for edit in edits:
        ratio = _ratio(edit)
        if ratio is not None:
            sizes.setdefault(ratio, set()).update(edit.widths)
    return {ratio for ratio, pairs in sizes.items() if len(pairs) > 1}


def _change(group: list[Edit], ratios: set[Fraction]) -> Change:
    first = group[0]
    before, after = _words(group, ratios)
    return Change(
        first.kind, SEVERITIES[_rank(group)], tuple(edit.place for edit in group), first.op, before, after,
        first.why, first.source,
    )  # fmt: skip


def _words(group: list[Edit], ratios: set[Fraction]) -> tuple[str, str]:
    first = group[0]
    if all((edit.before, edit.after) == (first.before, first.after) for edit in group):
        return first.before, first.after
    if first.kind == "renamed":
        return _beginning([edit.before for edit in group]), _beginning([edit.after for edit in group])
    ratio = _ratio(first)
    if ratio in ratios and ratio is not None:
        pairs = sorted({pair for edit in group for pair in edit.widths})
        factor = f"×{ratio}" if ratio.denominator == 1 else f"×{float(ratio):.4g}"
        sides = [listed([str(pair[side]) for pair in pairs]) for side in (0, 1)]
        return f"channels {sides[0]}", f"channels {sides[1]} ({factor})"
    if first.widths:
        return f"width {first.widths[0][0]}", f"width {first.widths[0][1]}"
    return first.before, first.after


def _beginning(names: list[str]) -> str:
    """What several names begin with."""
    length = min(map(len, names))
    while any(name[:length] != names[0][:length] for name in names):
        length -= 1
    return f"{names[0][:length]}…"
