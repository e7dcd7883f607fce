"""Tables of strings that load on demand, extended by the entry points of other distributions."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

# `importlib.metadata` takes as long to import as the rest of the library: only where other distributions are asked.


def names(table: Mapping[str, str], group: str) -> tuple[str, ...]:
    """The known names, built-in ones first."""
    from importlib.metadata import entry_points

    return tuple(dict.fromkeys([*table, *sorted(point.name for point in entry_points(group=group))]))


def load(table: Mapping[str, str], group: str, name: str) -> Any | None:
    """The object behind a name, or `None` where the name is unknown."""
    if name in table:
        module, _, attribute = table[name].partition(":")
        return getattr(import_module(module), attribute)
    from importlib.metadata import entry_points

    for point in entry_points(group=group, name=name):
        return point.load()
    return None
