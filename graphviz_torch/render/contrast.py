"""Contrast of text and lines with what they stand on, as WCAG 2.2 computes it.

https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio and #dfn-relative-luminance.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from graphviz_torch.layout.changes import GLYPHS
from graphviz_torch.layout.findings import ROLES
from graphviz_torch.layout.measures import STATES as HEATS

LEAST = 4.5
# Of what is neither text nor a line that has to be followed (WCAG 1.4.11).
LEAST_OF_SHAPES = 3.0

CHANGED = tuple(f"d-{state}fill" for state in GLYPHS)
PAGE = ("bg", "g0", "g1")
CARDS = ("fill", "badfill", "warnfill", *CHANGED)
# What stands on what: texts and lines, each with every ground that there may be under it.
GROUNDS: Mapping[str, tuple[str, ...]] = {
    "ink": (*PAGE, *CARDS, *HEATS, "end", "leaf", "module"),
    "sub": (*PAGE, *CARDS, "ref"),
    "warn": ("bg", *CARDS),
    "bad": (*PAGE, "fill", "badfill"),
    "pillink": ("pill",),
    "pillsub": ("pill",),
    "badgeink": ("badge",),
    "edge": PAGE,
    **{f"d-{state}": (*PAGE, f"d-{state}fill") for state in GLYPHS},
    "d-ink": tuple(f"d-{state}" for state in GLYPHS),
    "f-ink": tuple(f"f-{severity}" for severity in ROLES),
}


def luminance(colour: str) -> float:
    """The relative luminance of `#rrggbb`, from 0 to 1."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one: str, other: str) -> float:
    """The contrast of two colours, from 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def weak(colours: Mapping[str, str]) -> Iterator[tuple[str, str, float]]:
    """Each text or line, the ground that it is too weak on, and their contrast."""
    for front, grounds in GROUNDS.items():
        for ground in grounds:
            found = ratio(colours[front], colours[ground])
            if found < LEAST:
                yield front, ground, found
