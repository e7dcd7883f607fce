"""An edit before it is rolled up: one change at one place."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from graphviz_torch.diff.result import ChangeClass, Place, Severity
from graphviz_torch.ir.graph import SourceLocation

Order = tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Edit:
    """One change at one place.

    Attributes:
        order: where in the run it stands, for sorting.
        group: what it is rolled up by, besides its class and severity; without it, by all its words.
        widths: (before, after) of sizes, where nothing but sizes was edited.
    """

    kind: ChangeClass
    severity: Severity
    place: Place
    op: str
    before: str = ""
    after: str = ""
    why: str = ""
    source: SourceLocation | None = None
    order: Order = ()
    group: Hashable = None
    widths: tuple[tuple[int, int], ...] = ()
