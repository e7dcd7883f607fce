"""Names that are used once."""

from __future__ import annotations


def unused(wanted: str, taken: set[str]) -> str:
    """The name that was wanted, or `wanted~2`, `wanted~3` ... where that is taken; it is taken from now on."""
    found = wanted
    count = 1
    while found in taken:
        count += 1
        found = f"{wanted}~{count}"
    taken.add(found)
    return found
