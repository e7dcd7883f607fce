"""Repeats: finds rows of windows that do the same, one after another or side by side (rules 1 and 2 of `fold`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from graphviz_torch.passes.signature import Signatures

LONGEST_PERIOD = 16
IN_A_ROW = 3
LARGE = 4
SIDE_BY_SIDE = 4


@dataclass(frozen=True, slots=True)
class Run:
    """A row of equal windows.

    Attributes:
        parent: the call around them.
        windows: ids of the items of each window.
        first: place of the first operation; size: operations in one window.
    """

    parent: str | None
    windows: tuple[tuple[str, ...], ...]
    first: int
    size: int


def find_runs(signatures: Signatures) -> list[Run]:
    """The runs to fold, outer ones first; none inside a window that another run takes out."""
    found: list[Run] = []
    gone: set[str] = set()
    for call in (None, *signatures.tree):
        if call is not None and (call in gone or signatures.tree[call].call.parent in gone):
            gone.add(call)
            continue
        for run in _runs_inside(signatures, call):
            found.append(run)
            gone.update(item for window in run.windows[1:] for item in window)
    return found


def _runs_inside(signatures: Signatures, call: str | None) -> Iterator[Run]:
    items = signatures.items.get(call, [])
    labels = [signatures.loose.get(item, signatures.labels[item]) for item in items]
    repeats = _Repeats(labels)
    at = 0
    while at < len(items):
        run = None
        for start, period, times in repeats.at(at):
            start = _best_start(signatures, items, start, repeats.slack(start, period, times))
            run = _linked_alike(signatures, call, items, start, period, times)
            if run is not None:
                at = start + period * len(run.windows)
                yield run
                break
        if run is None:
            at += 1


class _Repeats:
    """Finds where a list of labels repeats itself with a period."""

    def __init__(self, labels: list[int]) -> None:
        self._ends: dict[int, list[tuple[int, int]]] = {}
        for period in range(1, min(LONGEST_PERIOD, len(labels) // 2) + 1):
            for start, end in _equal_stretches(labels, period):
                self._ends.setdefault(start, []).append((period, end))
        self._open: dict[int, int] = {}
        self._seen = 0

    def at(self, place: int) -> list[tuple[int, int, int]]:
        """(start, period, times) of the repetitions that begin here, the one that covers most first."""
        while self._seen <= place:
            self._open.update(self._ends.get(self._seen, ()))
            self._seen += 1
        if not self._open:
            return []
        self._open = {period: end for period, end in self._open.items() if end - place >= period}
        found = [(place, period, 1 + (end - place) // period) for period, end in self._open.items()]
        return sorted(found, key=lambda run: (-run[1] * run[2], run[1]))

    def slack(self, start: int, period: int, times: int) -> int:
        """How much later the row could begin and still be as long."""
        return self._open[period] + period - start - period * times


def _equal_stretches(labels: list[int], period: int) -> Iterator[tuple[int, int]]:
    """Stretches (start, end) of at least a period in which every label equals the one a period later."""
    start = -1
    for place, (one, other) in enumerate(zip(labels, labels[period:], strict=False)):
        if one == other:
            if start < 0:
                start = place
        elif start >= 0:
            if place - start >= period:
                yield start, place
            start = -1
    if start >= 0 and len(labels) - period - start >= period:
        yield start, len(labels) - period


def _best_start(signatures: Signatures, items: list[str], start: int, slack: int) -> int:
    """Of the places where an equally long row could begin, the first that begins with a call with most inside."""
    return max(range(start, start + slack + 1), key=lambda place: (_weight(signatures, items[place]), -place))


def _weight(signatures: Signatures, item: str) -> tuple[bool, int]:
    region = signatures.tree.get(item)
    if region is None:
        return False, 0
    module = signatures.index.modules.get(region.call.path)
    return bool(module and module.parameters) or region.size > 1, region.size


def _linked_alike(
    signatures: Signatures, call: str | None, items: list[str], start: int, period: int, times: int
) -> Run | None:
    """The run, as far as its windows are linked alike; `None` where too little is left to fold."""

    def window(number: int) -> tuple[str, ...]:
        return tuple(items[start + period * number : start + period * (number + 1)])

    first = signatures.span(items[start])[0]
    size = sum(signatures.span(item)[1] for item in window(0))
    if signatures.span(items[start + period])[0] != first + size:
        return None
    pattern = _links(signatures, window(1), first + size, size, first)
    if not _could_begin(_links(signatures, window(0), first, size, first), pattern):
        return None
    chained = _chained(signatures, window(1), first + size, size)
    if not chained and period == 1 and items[start] in signatures.loose:
        return None
    alike = 2
    while alike < times:
        at = first + size * alike
        if signatures.span(items[start + period * alike])[0] != at:
            break
        if _links(signatures, window(alike), at, size, first) != pattern:
            break
        alike += 1
    if not _worth(alike, size, any(item in signatures.tree for item in window(0)), chained):
        return None
    return Run(call, tuple(map(window, range(alike))), first, size)


def _worth(times: int, size: int, has_calls: bool, chained: bool) -> bool:
    if not chained:
        return times >= SIDE_BY_SIDE
    return times >= IN_A_ROW or (has_calls and size >= LARGE)


def _links(signatures: Signatures, window: tuple[str, ...], at: int, size: int, row: int) -> list[tuple[str, int, int]]:
    """Where each operand of a window comes from: this window, the one before, one earlier in the row, or outside."""
    outside: dict[str, int] = {}
    found = []
    for item in window:
        for operand in signatures.read(item):
            value = signatures.index.values[operand]
            place = signatures.places.get(value.producer, -1)
            if at <= place < at + size:
                found.append(("here", place - at, value.index))
            elif place < row or place >= at:
                found.append(("outside", outside.setdefault(operand, len(outside)), 0))
            elif place >= at - size:
                found.append(("before", place - at, value.index))
            else:
                found.append(("earlier", place - at, value.index))
    return found


def _chained(signatures: Signatures, window: tuple[str, ...], at: int, size: int) -> bool:
    """Whether what a window has of the one before goes on to the next: not so where it only uses up what was picked."""
    reached: set[int] = set()
    handed_on: set[int] = set()
    for item in window:
        first, length = signatures.span(item)
        places = [signatures.places.get(signatures.index.values[value].producer, -1) for value in signatures.read(item)]
        before = {place + size for place in places if at - size <= place < at}
        handed_on |= before
        if before or not reached.isdisjoint(places):
            reached.update(range(first, first + length))
    return not reached.isdisjoint(handed_on)


def _could_begin(first: list[tuple[str, int, int]], second: list[tuple[str, int, int]]) -> bool:
    """Whether a first window is linked as a second, but for what the second has from it."""
    if len(first) != len(second):
        return False
    return all(
        one == other or (one[0] != "here" and other[0] != "here") for one, other in zip(first, second, strict=True)
    )
