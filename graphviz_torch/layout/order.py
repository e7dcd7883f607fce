"""The order of the vertices within each rank, with few crossings: barycentre sweeps, the best one kept."""

from __future__ import annotations

from bisect import bisect_right, insort

from graphviz_torch.layout.network import Network, Step

SWEEPS = 10
PATIENCE = 4  # sweeps without a better order
LARGE = 3000


def arrange(net: Network) -> None:
    """Fills `net.layers`."""
    _first(net)
    if all(len(layer) < 2 for layer in net.layers):
        return
    place = [0] * len(net.rank)
    _note(net.layers, place)
    best, kept = _crossings(net, place), [list(layer) for layer in net.layers]
    stale = 0
    for turn in range(SWEEPS if len(net.rank) < LARGE else SWEEPS // 3):
        if best == 0:
            break
        _sweep(net, place, down=turn % 2 == 0)
        crossings = _crossings(net, place)
        if crossings >= best:
            stale += 1
            if stale == PATIENCE:
                break
        else:
            stale = 0
            best, kept = crossings, [list(layer) for layer in net.layers]
    net.layers = kept


def _first(net: Network) -> None:
    """Depth first from the sources; at each fork pieces before bends, so that long edges go to the right."""
    count = len(net.plan.pieces)
    seen = [False] * len(net.rank)
    starts = [v for v in range(len(net.rank)) if not net.ups[v]]
    for start in starts:
        stack = [start]
        while stack:
            vertex = stack.pop()
            if seen[vertex]:
                continue
            seen[vertex] = True
            net.layers[net.rank[vertex]].append(vertex)
            below = [step.to for step in net.downs[vertex]]
            if len(below) > 1:
                below.sort(key=lambda w: w >= count)
            stack.extend(w for w in reversed(below) if not seen[w])


def _note(layers: list[list[int]], place: list[int]) -> None:
    for layer in layers:
        for number, vertex in enumerate(layer):
            place[vertex] = number


def _sweep(net: Network, place: list[int], *, down: bool) -> None:
    """Sorts each layer by the mean place of its neighbours in the layer before."""
    sides = net.ups if down else net.downs
    for layer in net.layers if down else reversed(net.layers):
        if len(layer) < 2:
            continue
        wish = {}
        for vertex in layer:
            near = sides[vertex]
            wish[vertex] = sum(_spot(net, place, s) for s in near) / len(near) if near else float(place[vertex])
        layer.sort(key=wish.__getitem__)
        for number, vertex in enumerate(layer):
            place[vertex] = number


def _spot(net: Network, place: list[int], step: Step) -> float:
    """Where on a neighbour a line ends: its place, and a bit of how far off its middle."""
    if not step.there:
        return place[step.to]
    return place[step.to] + step.there / (net.before[step.to] + net.after[step.to] + abs(step.there) + 1)


def _crossings(net: Network, place: list[int]) -> int:
    """How many pairs of steps cross."""
    total = 0
    for upper, lower in zip(net.layers, net.layers[1:], strict=False):
        if len(upper) < 2 and len(lower) < 2:
            continue
        seen: list[float] = []
        for vertex in upper:
            ends = sorted((step.here, _spot(net, place, step)) for step in net.downs[vertex])
            for _, end in ends:
                total += len(seen) - bisect_right(seen, end)
                insort(seen, end)
    return total
