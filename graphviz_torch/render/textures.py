"""Textures: what tells the kinds of a picture apart that is printed in grey."""

from __future__ import annotations

from collections.abc import Mapping, Set
from math import ceil

from graphviz_torch.layout.kinds import KINDS
from graphviz_torch.layout.painter import COLOURS

Polygon = tuple[tuple[float, float], ...]
SIZE = 4
# What is cut out of a square of SIZE pixels that is repeated.
SHAPES: Mapping[str, tuple[Polygon, ...]] = {
    "across": (((0, 1), (4, 1), (4, 2.4), (0, 2.4)),),
    "along": (((1, 0), (2.4, 0), (2.4, 4), (1, 4)),),
    "slanted": (((0, 0), (1, 0), (4, 3), (4, 4), (3, 4), (0, 1)), ((3, 0), (4, 0), (4, 1))),
}
ORDER = ("", *SHAPES)
# A quarter of the kinds has each texture, and a grey of its own within it.
OF: Mapping[str, str] = {
    **{f"k-{kind}": ORDER[number // 4] for number, kind in enumerate(KINDS)},
    **{f"c{number}": ORDER[number % 4] for number in range(COLOURS)},
}


def rule(name: str) -> str:
    """The rules of one class."""
    if not OF.get(name):
        return f".{name}{{fill:var(--{name})}}"
    place = f"t-{name}"
    return f".{name}{{fill:url(#{place})}}#{place} path{{fill:var(--{name})}}#{place} path+path{{fill:var(--fill)}}"


def definitions(used: Set[str]) -> str:
    """The patterns of the classes that have a texture."""
    return "".join(
        f'<pattern id="t-{name}" width="{SIZE}" height="{SIZE}" patternUnits="userSpaceOnUse">'
        f'<path d="M0 0H4V4H0z"/><path d="{_path(SHAPES[OF[name]])}"/></pattern>'
        for name in sorted(used)
        if OF.get(name)
    )


def cuts(name: str, width: float, height: float) -> tuple[Polygon, ...]:
    """All that is cut out of an area; some of it reaches over the edges."""
    places = [(x, y) for y in range(0, ceil(height), SIZE) for x in range(0, ceil(width), SIZE)]
    shapes = SHAPES.get(OF.get(name, ""), ())
    return tuple(tuple((x + a, y + b) for a, b in shape) for x, y in places for shape in shapes)


def _path(shapes: tuple[Polygon, ...]) -> str:
    return "".join("M" + "L".join(f"{x:g} {y:g}" for x, y in shape) + "z" for shape in shapes)
