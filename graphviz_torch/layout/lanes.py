"""Side lanes for edges over very many ranks: one lane a maker, used again where spans do not overlap."""

from __future__ import annotations

from typing import NamedTuple

from graphviz_torch.layout.network import Network

FIRST, STEP = 14.0, 8.0


class Lane(NamedTuple):
    """Where a link runs beside all ranks, from its maker's rank to its reader's."""

    across: float
    first: int
    last: int


def lanes(net: Network, high: float) -> dict[int, Lane]:
    """A lane for each link that has no bends, by the link's number."""
    buses: dict[tuple[int, int], list[int]] = {}
    for number, chain in enumerate(net.chains):
        if chain is None:
            link = net.plan.links[number]
            buses.setdefault((link.key, link.source), []).append(number)
    ends = {bus: _span(net, numbers) for bus, numbers in buses.items()}
    free: list[int] = []  # the rank from which each lane is free again
    found: dict[int, Lane] = {}
    for bus in sorted(buses, key=lambda bus: (ends[bus], bus)):
        first, last = ends[bus]
        row = next((row for row, until in enumerate(free) if until <= first), len(free))
        if row == len(free):
            free.append(0)
        free[row] = last
        for number in buses[bus]:
            start, end = _span(net, [number])
            found[number] = Lane(high + FIRST + STEP * row, start, end)
    return found


def _span(net: Network, numbers: list[int]) -> tuple[int, int]:
    """The ranks that links touch, first and last."""
    touched = [net.rank[end] for n in numbers for end in (net.plan.links[n].source, net.plan.links[n].target)]
    return min(touched), max(touched)
