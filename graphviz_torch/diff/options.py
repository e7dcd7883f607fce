"""How two graphs are compared."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DiffOptions:
    """Options of a comparison.

    Attributes:
        map: (old path, new path) of modules that are the same whatever else speaks against it.
        old, new: names of the two sides for people.
    """

    map: tuple[tuple[str, str], ...] = ()
    old: str = ""
    new: str = ""
