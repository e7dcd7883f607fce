"""Numbers for things that are equal, shared by both sides of a comparison."""

from __future__ import annotations

from collections.abc import Hashable


class Numbers:
    """Gives equal things one number; the first time counts, so that nothing depends on hash seeds."""

    def __init__(self) -> None:
        self._numbers: dict[Hashable, int] = {}

    def of(self, thing: Hashable) -> int:
        """The number of a thing."""
        return self._numbers.setdefault(thing, len(self._numbers))
