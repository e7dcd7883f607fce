"""A comparison as plain lines, to be compared with what is right."""

from __future__ import annotations

from graphviz_torch.diff.result import Change, Comparison


def lines(comparison: Comparison) -> list[str]:
    """One line for each change: `class severity path: before -> after 2×`."""
    return [line(change) for change in comparison.changes]


def line(change: Change) -> str:
    """The line of one change."""
    place = change.places[0]
    old, new = (path if path is None else path or "(root)" for path in (place.old_path, place.new_path))
    where = new if old == new else f"{old} => {new}"
    times = f" {change.count}×" if change.count > 1 else ""
    return f"{change.kind} {change.severity} {where} [{change.op}]: {change.before} -> {change.after}{times}"
