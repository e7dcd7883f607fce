"""Path data: numbers with one decimal, lines that end where an arrow head begins."""

from __future__ import annotations

from collections.abc import Sequence

from graphviz_torch.layout.scene import Edge, Path

ARROW_LENGTH = 6.4


def number(value: float) -> str:
    """One decimal, none where it is zero."""
    text = ("%.1f" % value).removesuffix(".0")  # noqa: UP031 - in half the time
    return text if text != "-0" else "0"


def numbers(values: Sequence[float]) -> list[str]:
    """As `number`, of many at once and in a fraction of the time."""
    found = ("%.1f " * len(values) % tuple(values)).replace(".0 ", " ").split()
    return ["0" if text == "-0" else text for text in found] if "-0" in found else found


def path_tail(path: Path, *, arrow: bool) -> str:
    """The `d` of a line after its start, in relative commands; it ends where an arrow head begins."""
    parts: list[str] = []
    x, y = path[0]
    steps = shortened(path) if arrow else path
    for step in steps[1:]:
        across, down = step[-2] - x, step[-1] - y
        if len(step) > 2:
            turns = (step[0] - x, step[1] - y, step[2] - x, step[3] - y, across, down)
            parts.append("c" + " ".join(map(number, turns)))
        elif abs(across) < 0.05:
            parts.append("v" + number(down))
        elif abs(down) < 0.05:
            parts.append("h" + number(across))
        else:
            parts.append(f"l{number(across)} {number(down)}")
        x, y = step[-2:]
    return "".join(parts)


def shortened(path: Path) -> Path:
    """The line without its last few pixels, which the arrow head covers."""
    last = path[-1]
    if len(path) < 2 or len(last) != 2:
        return path
    x, y = path[-2][-2:]
    length = abs(last[0] - x) + abs(last[1] - y)  # the last stretch runs along an axis
    if length <= ARROW_LENGTH:
        return path
    keep = (length - ARROW_LENGTH) / length
    return (*path[:-1], (x + (last[0] - x) * keep, y + (last[1] - y) * keep))


def moved(edge: Edge) -> Path:
    """The path of an edge in absolute positions."""
    return tuple(tuple([at + (edge.y if place % 2 else edge.x) for place, at in enumerate(step)]) for step in edge.path)
