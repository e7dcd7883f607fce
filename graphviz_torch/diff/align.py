"""Order-preserving alignment: equal ends, what is unique on both sides, a bounded longest common subsequence."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Sequence

LARGEST = 250_000

Span = tuple[int, int, int, int]


def align(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Pairs of places with equal keys, both rising; `None` is like nothing."""
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
                found.extend(_longest(old, new, span))
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


def _longest(old: Sequence[Hashable], new: Sequence[Hashable], span: Span) -> list[tuple[int, int]]:
    first, last, begin, end = span
    rows, columns = last - first, end - begin
    lengths = [[0] * (columns + 1) for _ in range(rows + 1)]
    for row in range(rows - 1, -1, -1):
        here, below = lengths[row], lengths[row + 1]
        for column in range(columns - 1, -1, -1):
            if _equal(old[first + row], new[begin + column]):
                here[column] = below[column + 1] + 1
            else:
                here[column] = max(below[column], here[column + 1])
    found = []
    row = column = 0
    while row < rows and column < columns:
        if _equal(old[first + row], new[begin + column]):
            found.append((first + row, begin + column))
            row, column = row + 1, column + 1
        elif lengths[row + 1][column] >= lengths[row][column + 1]:
            row += 1
        else:
            column += 1
    return found
