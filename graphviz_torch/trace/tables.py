"""Many dicts as they were: what all of them hold stands in two long lists, which are compared in one go."""

from __future__ import annotations

from itertools import chain, islice
from operator import is_, methodcaller
from typing import Any

from graphviz_torch.trace.containers import refill

VALUES = methodcaller("values")
_flat = chain.from_iterable


class Tables:
    """Keeps dicts for one run. Their keys are strings or numbers, which may be compared; their values are not."""

    def __init__(self) -> None:
        self._dicts: list[dict[Any, Any]] = []
        self._sizes: list[int] = []
        self._keys: list[Any] = []
        self._values: list[Any] = []

    def keep(self, dicts: list[dict[Any, Any]]) -> tuple[list[Any], list[Any]]:
        """Keeps dicts, and returns the keys in them and the values, one dict after the other."""
        keys, values = list(_flat(dicts)), list(_flat(map(VALUES, dicts)))
        self._dicts += dicts
        self._sizes += map(len, dicts)
        self._keys += keys
        self._values += values
        return keys, values

    def restore(self) -> None:
        """Puts back what differs."""
        if self._unchanged():
            return
        keys, values = iter(self._keys), iter(self._values)
        for present, size in zip(self._dicts, self._sizes, strict=True):
            refill(present, dict(zip(islice(keys, size), islice(values, size), strict=True)))

    def _unchanged(self) -> bool:
        """Whether all hold the very same objects under the same keys."""
        return (
            list(map(len, self._dicts)) == self._sizes
            and list(_flat(self._dicts)) == self._keys
            and all(map(is_, _flat(map(VALUES, self._dicts)), self._values))
        )
