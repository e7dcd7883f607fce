"""The attributes of modules as they were, with the tables that `nn.Module` keeps in each of them.

A model has many modules that hardly ever change, so all of them are compared in one go, and looked at one by one only
where something differs.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain, islice
from operator import is_, itemgetter, methodcaller
from typing import Any

from torch import nn

from graphviz_torch.trace.containers import refill

FRESH = nn.Module().__dict__
# What `nn.Module` gives each module before the user's class adds its own, and the containers among that.
GIVEN = tuple(FRESH)
TABLES = itemgetter(*[name for name, value in FRESH.items() if isinstance(value, (dict, set))])
VALUES = methodcaller("values")


class ModuleStates:
    """Keeps modules for one run."""

    def __init__(self) -> None:
        self._dicts: list[dict[Any, Any]] = []
        self._before: list[dict[Any, Any]] = []
        self._sets: list[tuple[set[Any], set[Any]]] = []
        # A module has a dozen tables, nearly all of them empty.
        self._tables: list[Any] = []
        self._filled: set[int] = set()

    def keep(self, modules: Iterable[nn.Module]) -> list[tuple[Any, ...]]:
        """Keeps modules, and returns the attributes of each that are the user's own."""
        own = []
        first, tables = len(self._dicts), len(self._tables)
        for module in modules:
            attributes = module.__dict__
            self._dicts.append(attributes)
            if tuple(islice(attributes, len(GIVEN))) == GIVEN:
                self._tables += TABLES(attributes)
                own.append(tuple(islice(attributes.values(), len(GIVEN), None)))
            else:
                own.append(tuple(attributes.values()))
        filled = list(filter(None, islice(self._tables, tables, None)))
        self._filled.update(map(id, filled))
        self._dicts += [table for table in filled if isinstance(table, dict)]
        self._before += map(dict.copy, islice(self._dicts, first, None))
        self._sets += [(table, table.copy()) for table in filled if isinstance(table, set)]
        return own

    def restore(self) -> None:
        """Puts back what differs."""
        if not self._unchanged():
            for present, before in zip(self._dicts, self._before, strict=True):
                refill(present, before)
        for names, before_names in self._sets:
            refill(names, before_names)
        for table in filter(None, self._tables):
            if id(table) not in self._filled:
                table.clear()

    def _unchanged(self) -> bool:
        """Whether all hold the very same objects under the same names."""
        now, before = self._dicts, self._before
        return (
            all(map(int.__eq__, map(len, now), map(len, before)))
            and all(map(is_, _flat(now), _flat(before)))
            and all(map(is_, _flat(map(VALUES, now)), _flat(map(VALUES, before))))
        )


_flat = chain.from_iterable
