"""What leaves the calls of methods: their return values were not seen, but who reads what was made inside was."""

from __future__ import annotations

from collections.abc import Iterable

from graphviz_torch.trace.runtime.records import Call, Held, Leave, Op


def results_of_methods(events: Iterable[Op | Call | Leave]) -> dict[Call, list[Held]]:
    """The values that were made in a call of a method and are read outside of it."""
    found: dict[Call, list[Held]] = {}
    around: dict[Call | None, tuple[Call, ...]] = {None: ()}
    for event in events:
        if isinstance(event, Call):
            outer = around[event.parent]
            around[event] = outer if event.method is None else (*outer, event)
        elif isinstance(event, Op):
            _leaving(event.operands, around[event.call], around, found)
        else:
            _leaving(event.call.results, around[event.call.parent], around, found)
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
