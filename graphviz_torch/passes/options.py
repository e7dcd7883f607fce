"""What a caller can ask to see of a graph."""

from __future__ import annotations

from dataclasses import dataclass

AUTO_NODES = 60


@dataclass(frozen=True, slots=True)
class ViewOptions:
    """How much of a graph is shown.

    Attributes:
        depth: how many levels of modules are open: a number, `all`, or `auto` (about `budget` drawn nodes).
        fold: draw equal consecutive blocks once.
        prune: hide noise: batch-norm counters, shape getters, parameters next to their layer.
        focus: a module path; only it is drawn, its surroundings as ports.
        start: a module path or node id; with `end`: only what lies on paths between the two.
        budget: drawn nodes that `auto` aims at.
    """

    depth: int | str = "auto"
    fold: bool = True
    prune: bool = True
    focus: str | None = None
    start: str | None = None
    end: str | None = None
    budget: int = AUTO_NODES
