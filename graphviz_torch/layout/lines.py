"""Lines: how their parts are put together, and how they look from the other end or in the other direction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from graphviz_torch.layout.scene import Command, Path

CORNER = 6.0
ROUND = 0.55  # of a corner, for a quarter of a circle


def curve(path: list[Command], x0: float, y0: float, x1: float, y1: float) -> None:
    """From upright to upright."""
    middle = (y0 + y1) / 2
    path.append((x0, middle, x1, middle, x1, y1))


def straight(path: list[Command], to: tuple[float, float]) -> None:
    """A line to a point, joined with a line before it in the same direction; nothing where it is there."""
    here = path[-1][-2:]
    if abs(here[1] - to[1]) < 0.05 and abs(here[0] - to[0]) < 0.05:
        return
    if len(path) > 1 and len(path[-1]) == 2 and path[-1][0] == path[-2][-2] and abs(here[0] - to[0]) < 0.25:
        path[-1] = (here[0], to[1])
    else:
        path.append(to)


def turned(step: Command) -> Command:
    """Across and along become down and right."""
    if len(step) == 2:
        return (step[1], step[0])
    return (step[1], step[0], step[3], step[2], step[5], step[4])


def reversed_line(path: list[Command]) -> list[Command]:
    """The same line from its other end."""
    found: list[Command] = [path[-1][-2:]]
    for number in range(len(path) - 1, 0, -1):
        before = path[number - 1][-2:]
        step = path[number]
        found.append(before if len(step) == 2 else (step[2], step[3], step[0], step[1], *before))
    return found


def moved(path: Path, x: float, y: float) -> Path:
    """The same line elsewhere."""
    return tuple(tuple(at + (y if place % 2 else x) for place, at in enumerate(step)) for step in path)


def joined(paths: Iterable[Path]) -> Path:
    """One line of several, each of which begins where the one before it ends."""
    found: list[Command] = []
    for path in paths:
        for step in path if not found else path[1:]:
            if len(step) == 2 and found:
                straight(found, (step[0], step[1]))
            else:
                found.append(step)
    return tuple(found)


def rounded(points: Sequence[tuple[float, float]]) -> Path:
    """A line through points, level and upright in turn, with round corners."""
    path: list[Command] = [points[0]]
    for before, here, after in zip(points, points[1:], points[2:], strict=False):
        size = min(CORNER, _far(before, here) / 2, _far(here, after) / 2)
        if size < 0.05 or _is_straight(before, here, after):
            continue
        start, stop = _towards(here, before, size), _towards(here, after, size)
        straight(path, start)
        path.append((*_towards(start, here, size * ROUND), *_towards(stop, here, size * ROUND), *stop))
    straight(path, points[-1])
    return tuple(path)


def _far(one: tuple[float, float], other: tuple[float, float]) -> float:
    return abs(one[0] - other[0]) + abs(one[1] - other[1])


def _is_straight(before: tuple[float, float], here: tuple[float, float], after: tuple[float, float]) -> bool:
    return before[0] == here[0] == after[0] or before[1] == here[1] == after[1]


def _towards(here: tuple[float, float], there: tuple[float, float], by: float) -> tuple[float, float]:
    """A point on the level or upright way from one to another."""
    far = _far(here, there)
    return (here[0] + (there[0] - here[0]) * by / far, here[1] + (there[1] - here[1]) * by / far)
