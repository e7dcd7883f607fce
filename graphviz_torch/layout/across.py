"""Where each vertex lies across the flow: straight trunks first, then straight long edges, then short ones."""

from __future__ import annotations

from itertools import pairwise

from graphviz_torch.layout.compact import compact
from graphviz_torch.layout.isotonic import spread
from graphviz_torch.layout.network import Network, Step
from graphviz_torch.layout.styles import EDGE_GAP, ITEM_GAP

SWEEPS = 6
STILL = 0.05
ENTRY = 8.0  # what flows into a crossing of the frame, for want of knowledge
HEAVY, SIDE, LIGHT = 1.0, 1e-3, 1e-6


def place_across(net: Network) -> list[float]:
    """The middle of each vertex across the flow."""
    x = [0.0] * len(net.rank)
    gaps = [_gaps(net, layer) for layer in net.layers]
    for layer, apart in zip(net.layers, gaps, strict=True):
        _pack(layer, apart, x)
    if len(net.layers) < 2:
        return x
    ups, downs = _main(net, net.ups, _masses(net)), _main(net, net.downs, _heights(net))
    rising, falling = _weights(net, downs, ups), _weights(net, ups, downs)
    for turn in range(SWEEPS):
        moved = _sweep(net, gaps, x, downs, rising, down=False) if turn else 0.0
        moved = max(moved, _sweep(net, gaps, x, ups, falling, down=True))
        if moved < STILL:
            break
    if len(net.rank) > len(net.plan.pieces):
        _straighten(net, gaps, x)
        _follow(net, gaps, x, ups, downs)
    compact(net, gaps, x)
    _snap(net, x)
    return x


def _follow(
    net: Network, gaps: list[list[float]], x: list[float], ups: list[list[Step]], downs: list[list[Step]]
) -> None:
    """Moves the crossings of the frame in line with what has been straightened since."""
    for number, sides, wanted in ((0, downs, net.plan.ins), (-1, ups, net.plan.outs)):
        if not wanted:
            continue
        layer = net.layers[number]
        goals = [_wish(sides[vertex], x, x[vertex]) for vertex in layer]
        for vertex, at in zip(layer, spread(goals, [1.0] * len(layer), gaps[number]), strict=True):
            x[vertex] = at


def _snap(net: Network, x: list[float]) -> None:
    """Moves a crossing at the start that bends anyway in line with a crossing at the end that is almost below it."""
    ins, outs = net.plan.ins, net.plan.outs
    count = len(net.plan.pieces)
    for vertex in range(ins):
        if any(abs(x[step.to] + step.shift - x[vertex]) < 0.5 for step in net.downs[vertex]):
            continue
        near = [x[last] for last in range(count - outs, count) if 0 < abs(x[last] - x[vertex]) < EDGE_GAP / 2]
        if near:
            x[vertex] = near[0]


def _gaps(net: Network, layer: list[int]) -> list[float]:
    """How far apart the middles of neighbours must be."""
    count = len(net.plan.pieces)
    found = []
    for left, right in pairwise(layer):
        air = ITEM_GAP if left < count and right < count else EDGE_GAP
        found.append(net.after[left] + net.before[right] + air)
    return found


def _pack(layer: list[int], apart: list[float], x: list[float]) -> None:
    at = -sum(apart) / 2
    for number, vertex in enumerate(layer):
        x[vertex] = at
        if number < len(apart):
            at += apart[number]


def _main(net: Network, sides: list[list[Step]], worth: list[float]) -> list[list[Step]]:
    """The neighbours that a vertex lines up with: the worthiest, and pieces sooner than bends."""
    count = len(net.plan.pieces)
    found = []
    for near in sides:
        if len(near) > 1:
            worths = [worth[step.to] if step.to < count else worth[step.to] / 3 for step in near]
            best = max(worths)
            found.append([step for step, value in zip(near, worths, strict=True) if value * 2 > best])
        else:
            found.append(near)
    return found


def _masses(net: Network) -> list[float]:
    """How much flows into each vertex: the broader of two ways into one piece is its trunk."""
    masses = [0.0] * len(net.rank)
    for layer in net.layers:
        for vertex in layer:
            piece = ENTRY if vertex < net.plan.ins else 1.0 if vertex < len(net.plan.pieces) else 0.0
            masses[vertex] = min(piece + sum(masses[step.to] for step in net.ups[vertex]), 1e9)
    return masses


def _heights(net: Network) -> list[float]:
    """How many pieces lie on the longest way out, steeply: of two ways out the longer one is the trunk."""
    heights = [0] * len(net.rank)
    for layer in reversed(net.layers):
        for vertex in layer:
            piece = 1 if vertex < len(net.plan.pieces) else 0
            heights[vertex] = piece + max((heights[step.to] for step in net.downs[vertex]), default=0)
    return [4.0 ** min(height, 400) for height in heights]


def _weights(net: Network, sides: list[list[Step]], back: list[list[Step]]) -> list[float]:
    """How firmly each vertex keeps its place: a trunk gives way to nothing, a bend to everything."""
    count = len(net.plan.pieces)
    chosen = [{step.to for step in near} if len(near) > 1 else None for near in back]
    found = []
    for vertex, near in enumerate(sides):
        if vertex >= count or not near:
            found.append(LIGHT)
            continue
        is_trunk = any(_chooses(back[step.to], chosen[step.to], vertex) for step in near)
        found.append(HEAVY if is_trunk else SIDE)
    return found


def _chooses(near: list[Step], chosen: set[int] | None, vertex: int) -> bool:
    return vertex in chosen if chosen is not None else bool(near) and near[0].to == vertex


def _sweep(
    net: Network, gaps: list[list[float]], x: list[float], sides: list[list[Step]], firm: list[float], *, down: bool
) -> float:
    """Moves each layer to where its neighbours on one side want it; returns the farthest move."""
    farthest = 0.0
    numbers = range(1, len(net.layers)) if down else range(len(net.layers) - 2, -1, -1)
    for number in numbers:
        layer = net.layers[number]
        wanted = [_wish(sides[vertex], x, x[vertex]) for vertex in layer]
        if len(layer) > 1:
            wanted = spread(wanted, [firm[v] for v in layer], gaps[number])
        for vertex, at in zip(layer, wanted, strict=True):
            if abs(at - x[vertex]) > farthest:
                farthest = abs(at - x[vertex])
            x[vertex] = at
    return farthest


def _wish(near: list[Step], x: list[float], here: float) -> float:
    """In line with the only neighbour, between two, else with the middle one."""
    if len(near) == 1:
        return x[near[0].to] + near[0].shift
    if not near:
        return here
    found = sorted(x[step.to] + step.shift for step in near)
    half = len(found) // 2
    return found[half] if len(found) % 2 else (found[half - 1] + found[half]) / 2


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
