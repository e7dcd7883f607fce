"""Path data: numbers with one decimal, lines that end where an arrow head begins."""

from __future__ import annotations

from graphviz_torch.layout.scene import Command

ARROW_LENGTH = 6.4


def number(value: float) -> str:
    """One decimal, none where it is zero."""
    tenths = round(value * 10)
    whole, rest = divmod(abs(tenths), 10)
    sign = "-" if tenths < 0 else ""
    return f"{sign}{whole}.{rest}" if rest else f"{sign}{whole}"


def path_data(path: tuple[Command, ...], *, arrow: bool) -> str:
    """The `d` of a line; where an arrow head follows, the line ends where the head begins."""
    x, y = path[0]
    parts = [f"M{number(x)} {number(y)}"]
    steps = shortened(path) if arrow else path
    for step in steps[1:]:
        if len(step) == 2:
            if abs(step[0] - x) < 0.05:
                parts.append("V" + number(step[1]))
            elif abs(step[1] - y) < 0.05:
                parts.append("H" + number(step[0]))
            else:
                parts.append(f"L{number(step[0])} {number(step[1])}")
            x, y = step
        else:
            parts.append("C" + " ".join([number(at) for at in step]))
            x, y = step[4], step[5]
    return "".join(parts)


def shortened(path: tuple[Command, ...]) -> tuple[Command, ...]:
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
