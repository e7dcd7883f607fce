"""Numbers and path data, of lines that end where an arrow head begins."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor

from graphviz_torch.layout.scene import Edge, Path

ARROW_LENGTH = 6


def number(value: float) -> str:
    """One decimal, none where it is zero."""
    text = ("%.1f" % value).removesuffix(".0")  # noqa: UP031 - in half the time
    return text if text != "-0" else "0"


def numbers(values: Sequence[float]) -> list[str]:
    """As `number`, of many at once and in a fraction of the time."""
    found = ("%.1f " * len(values) % tuple(values)).replace(".0 ", " ").split()
    return ["0" if text == "-0" else text for text in found] if "-0" in found else found


def whole(values: Sequence[float]) -> list[str]:
    """The nearest whole numbers."""
    return [str(floor(value + 0.5)) for value in values]


def data(edge: Edge) -> str:
    """The `d` of a line, to the pixel, as cards and frames are; it ends where an arrow head begins."""
    left, top = edge.x + 0.5, edge.y + 0.5
    path = edge.path
    x, y = floor(path[0][0] + left), floor(path[0][1] + top)
    if len(path) == 2 and len(path[1]) == 2:  # as most lines are
        cut = ARROW_LENGTH if edge.arrow else 0
        return f"M{x} {y}{_line(floor(path[1][0] + left) - x, floor(path[1][1] + top) - y, cut)}"
    parts = [f"M{x} {y}"]
    last = len(path) - 1
    for number in range(1, last + 1):
        step = path[number]
        across, down = floor(step[-2] + left) - x, floor(step[-1] + top) - y
        if len(step) > 2:
            first = f"{floor(step[0] + left) - x} {floor(step[1] + top) - y}"
            parts.append(f"c{first} {floor(step[2] + left) - x} {floor(step[3] + top) - y} {across} {down}")
        else:
            cut = ARROW_LENGTH if edge.arrow and number == last else 0
            parts.append(_line(across, down, cut))
        x, y = x + across, y + down
    return "".join(parts).replace(" -", "-")


def _line(across: int, down: int, cut: int) -> str:
    """A straight stretch, without its last pixels; those that an arrow head covers run along an axis."""
    if not across:
        return f"v{_less(down, cut)}"
    if not down:
        return f"h{_less(across, cut)}"
    return f"l{across} {down}"


def _less(length: int, cut: int) -> int:
    if abs(length) <= cut:
        return length
    return length - cut if length > 0 else length + cut


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
