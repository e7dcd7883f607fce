"""Measurements under passes: what stands for several things has the range and the time of all of them."""

from __future__ import annotations

from collections.abc import Mapping

from graphviz_torch.ir.graph import Json

RANGE, TIME = "range", "time"
KEYS = frozenset((RANGE, TIME))
LEAST, GREATEST = "minimum", "maximum"
COUNTED = ("seconds", "share", "elements", "nan", "inf")


def joined(one: Json, other: Json) -> Json:
    """The measurements of two things as those of one; what cannot be told of both together is left out."""
    if not isinstance(one, Mapping) or not isinstance(other, Mapping):
        return one
    found: dict[str, Json] = {}
    for name, mine in one.items():
        theirs = other.get(name)
        if not isinstance(mine, (int, float)) or not isinstance(theirs, (int, float)):
            continue
        if name in COUNTED:
            found[name] = mine + theirs
        elif name in (LEAST, GREATEST):
            found[name] = min(mine, theirs) if name == LEAST else max(mine, theirs)
    return found
