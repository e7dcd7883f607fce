"""The attributes of modules as they were, with the tables that `nn.Module` keeps in each of them."""

from __future__ import annotations

from collections.abc import Iterable
from operator import itemgetter
from typing import Any

from torch import nn

from graphviz_torch.trace.containers import refill
from graphviz_torch.trace.tables import Tables

FRESH = nn.Module().__dict__
# What `nn.Module` gives each module before the user's class adds its own, and which of that are containers.
GIVEN = list(FRESH)
CONTAINERS = itemgetter(*[place for place, value in enumerate(FRESH.values()) if isinstance(value, (dict, set))])


class ModuleStates:
    """Keeps modules for one run."""

    def __init__(self) -> None:
        self._dicts = Tables()
        self._sets: list[tuple[set[Any], set[Any]]] = []
        # A module has a dozen containers, nearly all of them empty.
        self._containers: list[Any] = []
        self._filled: set[int] = set()

    def keep(self, modules: Iterable[nn.Module]) -> list[list[Any]]:
        """Keeps modules, and returns the attributes of each that are the user's own."""
        dicts = [module.__dict__ for module in modules]
        names, values = self._dicts.keep(dicts)
        given, count = GIVEN, len(GIVEN)
        own, containers, start = [], [], 0
        for attributes in dicts:
            end, first = start + len(attributes), start + count
            if names[start:first] == given:
                containers += CONTAINERS(values[start:first])
                own.append(values[first:end])
            else:
                own.append(values[start:end])
            start = end
        self._keep_containers(containers)
        return own

    def _keep_containers(self, containers: list[Any]) -> None:
        self._containers += containers
        filled = list(filter(None, containers))
        if not filled:
            return
        self._filled.update(map(id, filled))
        self._dicts.keep([table for table in filled if isinstance(table, dict)])
        self._sets += [(names, names.copy()) for names in filled if isinstance(names, set)]

    def restore(self) -> None:
        """Puts back what differs."""
        self._dicts.restore()
        for names, before in self._sets:
            refill(names, before)
        for container in filter(None, self._containers):
            if id(container) not in self._filled:
                container.clear()
