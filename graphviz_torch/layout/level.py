"""The layered layout of one frame: ranks, order, places across and along the flow, and the lines between them.

Works on extents alone, in coordinates (across, along) of the flow, so that both directions are one algorithm.
"""

from __future__ import annotations

from typing import NamedTuple

from graphviz_torch.layout.across import place_across
from graphviz_torch.layout.blocks import find_blocks
from graphviz_torch.layout.columns import keep_columns
from graphviz_torch.layout.lanes import Lane, lanes
from graphviz_torch.layout.lines import curve, reversed_line, straight, turned
from graphviz_torch.layout.network import Network, beside_labels, network
from graphviz_torch.layout.order import arrange
from graphviz_torch.layout.plan import Level, Link, Plan
from graphviz_torch.layout.ranks import Ranked, ranked
from graphviz_torch.layout.scene import Command, Path
from graphviz_torch.layout.settle import settle
from graphviz_torch.layout.squeeze import cuts, shorter, shorter_path
from graphviz_torch.layout.styles import ARROW
from graphviz_torch.layout.wrap import wrap

STRAIGHT = 8.0  # between two ranks where no line bends
CURVE = 16.0
STEEP = 0.09
TALLEST = 64.0
UNEVEN = 60.0


class Rank(NamedTuple):
    """Where a rank lies along the flow: it starts, its pieces end, its labels end."""

    start: float
    end: float
    labels: float


def _reach(net: Network, x: list[float]) -> tuple[float, float]:
    """How far everything reaches across; a piece is as wide as it is, not as the column that is kept free for it."""
    before, after = list(net.before), list(net.after)
    for place, piece in enumerate(net.plan.pieces):
        before[place], after[place] = piece.before, piece.after
    low = min((x[v] - before[v] for v in range(len(x))), default=0.0)
    return low, max((x[v] + after[v] for v in range(len(x))), default=0.0)


def lay_out(plan: Plan) -> Level:
    """Places the pieces of one frame and draws its links."""
    level = _flow(plan)
    if plan.sideways:
        return level._replace(paths=tuple(tuple(map(turned, path)) for path in level.paths))
    return level


def _flow(plan: Plan) -> Level:
    """The same, with all lines along the flow; branches that make a row far too wide are laid out in several rows."""
    ranks = ranked(plan)
    blocks = find_blocks(plan, ranks)
    return wrap(plan, blocks, _flow) if blocks else _layered(plan, ranks)


def _layered(plan: Plan, ranked: Ranked) -> Level:
    """The level of a frame that has no such row."""
    net = _arranged(plan, ranked)
    keep_columns(net)
    plan = net.plan
    x = place_across(net)
    count = len(plan.pieces)
    low, high = _reach(net, x)
    found = lanes(net, high)
    high = max([high, *(lane.across + 4 for lane in found.values())])
    ranks = _ranks(net, x, found)
    along = [_middle(ranks[net.rank[v]].start, ranks[net.rank[v]].end, plan.pieces[v].size) for v in range(count)]
    paths = _paths(net, x, along, ranks, found, None)
    length = max(ranks[-1].labels, plan.shortest) if ranks else plan.shortest
    lifts = [0.0] * count
    rows = [(rank.start, rank.labels) for rank in ranks]
    if settle(net, x, along, lifts, paths, rows, lambda number: _path(net, x, along, ranks, number, found, lifts)):
        paths = _paths(net, x, along, ranks, found, lifts)
        cut = cuts(plan.pieces, along, paths, length, plan.shortest)
        along = [shorter(at, cut) for at in along]
        paths = [shorter_path(path, cut) for path in paths]
        length = shorter(length, cut)
    stems = [along[v] + plan.pieces[v].size for v in range(count)]
    leaves = tuple(link.leaves for link in plan.links)
    return Level(tuple(x[:count]), tuple(along), tuple(stems), tuple(paths), leaves, low, high, length)


def _arranged(plan: Plan, ranked: Ranked) -> Network:
    """The network in order; twice where the lines of some piece leave in the wrong order."""
    net = network(plan, ranked)
    arrange(net)
    links = list(plan.links)
    for piece in plan.loose:
        _untangle(net, piece, links)
    if tuple(links) == plan.links:
        return net
    net = network(plan._replace(links=tuple(links)), ranked)
    arrange(net)
    return net


def _untangle(net: Network, piece: int, links: list[Link]) -> None:
    """Lets the lines of a piece leave in the order in which they go on."""
    place = {vertex: number for layer in net.layers for number, vertex in enumerate(layer)}
    goals: dict[int, list[float]] = {}
    offsets: dict[int, float] = {}
    for number, link in enumerate(links):
        if link.source == piece:
            chain = net.chains[number]
            goals.setdefault(link.key, []).append(place[chain[0] if chain else link.target])
            offsets[link.key] = link.leaves
    ordered = sorted(goals, key=lambda key: (sum(goals[key]) / len(goals[key]), offsets[key]))
    spots = dict(zip(ordered, sorted(offsets.values()), strict=True))
    for number, link in enumerate(links):
        if link.source == piece:
            links[number] = link._replace(leaves=spots[link.key])


def _middle(start: float, end: float, size: float) -> float:
    """Where a piece starts: in the middle of its rank, at the start beside something much larger."""
    room = end - start - size
    return start + (room / 2 if room < UNEVEN else 0.0)


def _ranks(net: Network, x: list[float], found: dict[int, Lane]) -> list[Rank]:
    """Stacks the ranks, each gap as tall as its widest curve asks for."""
    pieces, count = net.plan.pieces, len(net.plan.pieces)
    busy = {rank for lane in found.values() for rank in (lane.first, lane.last - 1)}
    ranks: list[Rank] = []
    at = 0.0
    for number, layer in enumerate(net.layers):
        sizes = [pieces[v] for v in layer if v < count]
        if number:
            at += _gap(net, x, number, lane=number - 1 in busy)
        is_exit = net.plan.outs and number == len(net.layers) - 1
        if is_exit and at < net.plan.shortest:
            at = net.plan.shortest
        end = at + max((piece.size for piece in sizes), default=0.0)
        ends = [_middle(at, end, piece.size) + piece.size + piece.band for piece in sizes]
        labels = max([end, *ends])
        ranks.append(Rank(at, end, labels))
        at = labels
    return ranks


def _gap(net: Network, x: list[float], number: int, *, lane: bool) -> float:
    """The room before a rank: for the curves of the lines that enter it, and for their arrow heads."""
    bend = 0.0
    arrow = 0.0
    for vertex in net.layers[number]:
        if net.ups[vertex] and vertex < len(net.plan.pieces) and net.plan.pieces[vertex].size:
            arrow = ARROW
        for step in net.ups[vertex]:
            bend = max(bend, abs(x[step.to] + step.shift - x[vertex]))
    pieces = net.plan.pieces
    if any(pieces[vertex].late for vertex in net.layers[number] if vertex < len(pieces)):
        arrow = ARROW
    if bend < 0.5 and not lane:
        return STRAIGHT + arrow
    return min(TALLEST, CURVE + STEEP * max(bend, 100.0 if lane else 0.0)) + arrow


def _paths(
    net: Network,
    x: list[float],
    along: list[float],
    ranks: list[Rank],
    found: dict[int, Lane],
    lifts: list[float] | None,
) -> list[Path]:
    """The line of each link, in coordinates of the flow."""
    return [_path(net, x, along, ranks, number, found, lifts) for number in range(len(net.plan.links))]


def _path(
    net: Network,
    x: list[float],
    along: list[float],
    ranks: list[Rank],
    number: int,
    found: dict[int, Lane],
    lifts: list[float] | None,
) -> Path:
    """The line of one link: straight beside pieces, curved in the gaps between ranks.

    `lifts` say how far before its rank the last curve into a piece lies.
    """
    link, back = net.plan.links[number], net.turned[number]
    a, b = (link.target, link.source) if back else (link.source, link.target)
    leaves, enters = (beside_labels(net.plan, a), 0.0) if back else (link.leaves, link.enters)
    start = (x[a] + leaves, along[a] + net.plan.pieces[a].size - (net.plan.lead if a < net.plan.ins else 0.0))
    end = (x[b] + enters, along[b])
    tip = ARROW if net.plan.pieces[b].size else 0.0
    lift = lifts[b] if lifts else 0.0
    first, last = ranks[net.rank[a]].labels, ranks[net.rank[b]].start - tip - lift
    chain = net.chains[number]
    path: list[Command] = [start]
    if chain is None:
        _by_lane(path, first, last, ranks, net, number, found, end[0])
    else:
        stops = [(x[v], ranks[net.rank[v]].start, ranks[net.rank[v]].labels) for v in chain]
        _by_bends(path, first, [*stops, (end[0], last, last)], lift)
    straight(path, end)
    return tuple(reversed_line(path) if back else path)


def _by_bends(path: list[Command], first: float, stops: list[tuple[float, float, float]], lift: float) -> None:
    at, leave = path[0][0], first
    for number, (across, enter, left) in enumerate(stops, 1):
        if abs(across - at) < 0.25:
            leave = left
            continue
        if number == len(stops):
            leave -= lift
        straight(path, (at, leave))
        middle = (leave + enter) / 2
        path.append((at, middle, across, middle, across, enter))
        at, leave = across, left
    straight(path, (at, leave))


def _by_lane(
    path: list[Command],
    first: float,
    last: float,
    ranks: list[Rank],
    net: Network,
    number: int,
    found: dict[int, Lane],
    target: float,
) -> None:
    """Out into a lane beside everything, along it, and back."""
    lane = found[number]
    enter = ranks[lane.first + 1].start - ARROW
    leave = ranks[lane.last - 1].labels
    at = path[0][0]
    straight(path, (at, first))
    curve(path, at, first, lane.across, enter)
    straight(path, (lane.across, leave))
    curve(path, lane.across, leave, target, last)
