"""What leaves the calls of methods: their return values were not seen, but who reads what was made inside was."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from graphviz_torch.trace.runtime.records import Call, Held


def results_of_methods(events: Iterable[tuple[str, Any]]) -> dict[Call, list[Held]]:
    """The values that were made in a call of a method and are read outside of it."""
    events = list(events)
    if not any(kind == "enter" and what.method is not None for kind, what in events):
        return {}
    found: dict[Call, list[Held]] = {}
    around: dict[Call | None, tuple[Call, ...]] = {None: ()}
    for kind, what in events:
        if kind == "enter":
            around[what] = (*around[what.parent], what) if what.method is not None else around[what.parent]
        elif kind == "op":
            _leaving(what.operands, around[what.call], around, found)
        else:
            _leaving(what.results, around[what.parent], around, found)
    return found


def _leaving(
    read: Iterable[Held],
    reader: tuple[Call, ...],
    around: dict[Call | None, tuple[Call, ...]],
    found: dict[Call, list[Held]],
) -> None:
    for held in read:
        while held.source == "same" and held.previous is not None:
            held = held.previous
        if held.op is not None:
            for call in around[held.op.call]:
                if call not in reader:
                    found.setdefault(call, []).append(held)
