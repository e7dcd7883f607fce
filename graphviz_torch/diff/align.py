"""Order-preserving alignment: equal ends, what is unique on both sides, a bounded longest common subsequence."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence

LARGEST = 250_000

Span = tuple[int, int, int, int]


def align(
    old: Sequence[Hashable], new: Sequence[Hashable], near: Callable[[int, int], bool] = lambda one, other: False
) -> list[tuple[int, int]]:
    """Pairs of places with equal keys, both rising; `None` is like nothing.

    Args:
        near: which pairs to prefer among equally many.
    """
    found: list[tuple[int, int]] = []
    todo: list[Span] = [(0, len(old), 0, len(new))]
    while todo:
        span = _trim(old, new, todo.pop(), found)
        first, last, begin, end = span
        if first < last and begin < end:
            anchors = _unique(old, new, span)
            if anchors:
                found.extend(anchors)
                todo.extend(_between(anchors, span))
            elif (last - first) * (end - begin) <= LARGEST:
                found.extend(_longest(old, new, span, near))
            else:
                both = zip(range(first, last), range(begin, end), strict=False)
                found.extend((one, other) for one, other in both if _equal(old[one], new[other]))
    return sorted(found)


def rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest part of pairs (sorted by the first) whose second rises too."""
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for place, (_, other) in enumerate(pairs):
        at = bisect_left(tails, other)
        if at == len(tails):
            tails.append(other)
            ends.append(place)
        else:
            tails[at] = other
            ends[at] = place
        before.append(ends[at - 1] if at else -1)
    found = []
    place = ends[-1] if ends else -1
    while place >= 0:
        found.append(pairs[place])
        place = before[place]
    return found[::-1]


def _trim(old: Sequence[Hashable], new: Sequence[Hashable], span: Span, found: list[tuple[int, int]]) -> Span:
    first, last, begin, end = span
    while first < last and begin < end and _equal(old[first], new[begin]):
        found.append((first, begin))
        first, begin = first + 1, begin + 1
    while first < last and begin < end and _equal(old[last - 1], new[end - 1]):
        last, end = last - 1, end - 1
        found.append((last, end))
    return first, last, begin, end


def _equal(one: Hashable, other: Hashable) -> bool:
    return one is not None and one == other


def _unique(old: Sequence[Hashable], new: Sequence[Hashable], span: Span) -> list[tuple[int, int]]:
    first, last, begin, end = span
    here, there = Counter(old[first:last]), Counter(new[begin:end])
    places = {new[at]: at for at in range(begin, end) if there[new[at]] == 1 and new[at] is not None}
    return rising([(at, places[old[at]]) for at in range(first, last) if here[old[at]] == 1 and old[at] in places])


def _between(anchors: list[tuple[int, int]], span: Span) -> list[Span]:
    first, last, begin, end = span
    spans = []
    for place, other in [*anchors, (last, end)]:
        spans.append((first, place, begin, other))
        first, begin = place + 1, other + 1
    return spans


def _longest(
    old: Sequence[Hashable], new: Sequence[Hashable], span: Span, near: Callable[[int, int], bool]
) -> list[tuple[int, int]]:
    first, last, begin, end = span
    rows, columns = last - first, end - begin
    one_pair = min(rows, columns) + 1
    worth = [[0] * (columns + 1) for _ in range(rows + 1)]
    for row in range(rows - 1, -1, -1):
        here, below = worth[row], worth[row + 1]
        for column in range(columns - 1, -1, -1):
            best = max(below[column], here[column + 1])
            if _equal(old[first + row], new[begin + column]):
                best = max(best, below[column + 1] + one_pair + near(first + row, begin + column))
            here[column] = best
    return [(first + row, begin + column) for row, column in _path(worth)]


def _path(worth: list[list[int]]) -> Iterator[tuple[int, int]]:
    """The pairs that make up the best worth."""
    row = column = 0
    while worth[row][column]:
        if worth[row][column] == worth[row + 1][column]:
            row += 1
        elif worth[row][column] == worth[row][column + 1]:
            column += 1
        else:
            yield row, column
            row, column = row + 1, column + 1
