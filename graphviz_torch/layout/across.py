"""Where each vertex lies across the flow: straight trunks first, then straight long edges, then short ones."""

from __future__ import annotations

from graphviz_torch.layout.isotonic import spread
from graphviz_torch.layout.network import Network
from graphviz_torch.layout.styles import EDGE_GAP, ITEM_GAP

SWEEPS = 6
STILL = 0.05
HEAVY, LIGHT = 1.0, 0.004


def place_across(net: Network) -> list[float]:
    """The middle of each vertex across the flow."""
    x = [0.0] * len(net.rank)
    gaps = [_gaps(net, layer) for layer in net.layers]
    for layer, apart in zip(net.layers, gaps, strict=True):
        _pack(layer, apart, x)
    if len(net.layers) < 2:
        return x
    ups, downs = _main(net, net.ups), _main(net, net.downs)
    for turn in range(SWEEPS):
        moved = _sweep(net, gaps, x, downs, down=False) if turn else 0.0
        moved = max(moved, _sweep(net, gaps, x, ups, down=True))
        if moved < STILL:
            break
    if len(net.rank) > len(net.plan.pieces):
        _straighten(net, gaps, x)
    return x


def _gaps(net: Network, layer: list[int]) -> list[float]:
    """How far apart the middles of neighbours must be."""
    count = len(net.plan.pieces)
    found = []
    for left, right in zip(layer, layer[1:], strict=False):
        air = ITEM_GAP if left < count and right < count else EDGE_GAP
        found.append(net.after[left] + net.before[right] + air)
    return found


def _pack(layer: list[int], apart: list[float], x: list[float]) -> None:
    at = -sum(apart) / 2
    for number, vertex in enumerate(layer):
        x[vertex] = at
        if number < len(apart):
            at += apart[number]


def _main(net: Network, sides: list[list[tuple[int, float]]]) -> list[list[tuple[int, float]]]:
    """The neighbours that a vertex lines up with: pieces with pieces, bends with bends, where there are any."""
    count = len(net.plan.pieces)
    found = []
    for vertex, near in enumerate(sides):
        if len(near) > 1:
            alike = [step for step in near if (step[0] < count) == (vertex < count)]
            found.append(alike or near)
        else:
            found.append(near)
    return found


def _sweep(
    net: Network, gaps: list[list[float]], x: list[float], sides: list[list[tuple[int, float]]], *, down: bool
) -> float:
    """Moves each layer to where its neighbours on one side want it; returns the farthest move."""
    count = len(net.plan.pieces)
    farthest = 0.0
    numbers = range(1, len(net.layers)) if down else range(len(net.layers) - 2, -1, -1)
    for number in numbers:
        layer = net.layers[number]
        wanted = []
        for vertex in layer:
            near = sides[vertex]
            if len(near) == 1:
                wanted.append(x[near[0][0]] + near[0][1])
            else:
                wanted.append(sum(x[w] + s for w, s in near) / len(near) if near else x[vertex])
        if len(layer) > 1:
            weights = [HEAVY if v < count and sides[v] else LIGHT for v in layer]
            wanted = spread(wanted, weights, gaps[number])
        for vertex, at in zip(layer, wanted, strict=True):
            if abs(at - x[vertex]) > farthest:
                farthest = abs(at - x[vertex])
            x[vertex] = at
    return farthest


def _straighten(net: Network, gaps: list[list[float]], x: list[float]) -> None:
    """Gives all bends of a long edge one place, outside of what they pass."""
    count = len(net.plan.pieces)
    place = {vertex: number for layer in net.layers for number, vertex in enumerate(layer)}
    runs = _runs(net)
    for _ in range(3):
        aim: dict[int, float] = {}
        for run in runs:
            sides = [_side(net.layers[net.rank[v]], place[v], count) for v in run]
            where = [x[v] for v in run]
            if all(side >= 0 for side in sides):
                goal = max(where)
            elif all(side <= 0 for side in sides):
                goal = min(where)
            else:
                goal = sorted(where)[len(where) // 2]
            aim.update(dict.fromkeys(run, goal))
        for number, layer in enumerate(net.layers):
            if any(v >= count for v in layer):
                wanted = [aim.get(v, x[v]) for v in layer]
                weights = [0.1 if v >= count else 100.0 for v in layer]
                for vertex, at in zip(layer, spread(wanted, weights, gaps[number]), strict=True):
                    x[vertex] = at


def _side(layer: list[int], number: int, count: int) -> int:
    """1 where no piece lies to the right, -1 where none lies to the left, 0 where there is no piece at all."""
    left = any(v < count for v in layer[:number])
    right = any(v < count for v in layer[number + 1 :])
    if left and right:
        return -2 if number < len(layer) / 2 else 2
    return 1 if left else -1 if right else 0


def _runs(net: Network) -> list[list[int]]:
    """The bends of each long edge, shared ones once."""
    seen: set[int] = set()
    found = []
    for chain in net.chains:
        run = [v for v in chain or () if v not in seen]
        if len(run) > 1:
            found.append(run)
        seen.update(run)
    return found
