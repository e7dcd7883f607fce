"""The layered network of one frame: pieces and bends as vertices, each in a rank, joined from rank to rank."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import NamedTuple

LONG = 24  # an edge over more ranks runs in a side lane


class Piece(NamedTuple):
    """Something to place: how far it reaches from its middle, to both sides, along the flow, and below it.

    Attributes:
        before, after: across the flow, from its middle, labels included.
        size: along the flow; 0 for a crossing of the frame.
        band: along the flow, what its labels need after it.
        late: 1 or more where it stands after everything else, in that order.
    """

    before: float
    after: float
    size: float
    band: float
    late: int = 0


class Link(NamedTuple):
    """An edge between two pieces: the offsets are from the middle of a piece; equal keys share their bends."""

    source: int
    target: int
    leaves: float
    enters: float
    key: int


class Plan(NamedTuple):
    """What one frame holds.

    Attributes:
        ins, outs: how many of the first and of the last pieces are crossings of the frame.
        shortest: the least length along the flow.
        lead: how far before its start the lines enter the frame.
        sideways: whether the flow goes to the right.
        loose: pieces whose lines may leave in any order.
    """

    pieces: tuple[Piece, ...]
    links: tuple[Link, ...]
    ins: int
    outs: int
    shortest: float
    lead: float
    sideways: bool
    loose: tuple[int, ...] = ()


class Step(NamedTuple):
    """The way to a neighbour.

    Attributes:
        to: the neighbour.
        shift: what to add to the neighbour's place to be in line with it.
        here, there: where the line ends on this vertex and on the neighbour, from their middles.
    """

    to: int
    shift: float
    here: float
    there: float


@dataclass(slots=True)
class Network:
    """Vertices are pieces, then bends.

    Attributes:
        ups, downs: the steps to its neighbours.
        chains: for each link the bends on its way; `None` for a lane.
        turned: whether a link runs against the flow.
    """

    plan: Plan
    rank: list[int]
    before: list[float]
    after: list[float]
    ups: list[list[Step]]
    downs: list[list[Step]]
    layers: list[list[int]] = field(default_factory=list)
    chains: list[list[int] | None] = field(default_factory=list)
    turned: list[bool] = field(default_factory=list)


BEND = 6.0


def network(plan: Plan) -> Network:
    """Ranks the pieces and cuts the links into steps from rank to rank."""
    turned, order = _orient(plan)
    rank = _ranks(plan, turned, order)
    count = len(plan.pieces)
    net = Network(
        plan,
        rank,
        [piece.before for piece in plan.pieces],
        [piece.after for piece in plan.pieces],
        [[] for _ in range(count)],
        [[] for _ in range(count)],
        turned=turned,
    )
    _cut(net)
    net.layers = [[] for _ in range(max(rank, default=-1) + 1)]
    return net


def _orient(plan: Plan) -> tuple[list[bool], list[int]]:
    """Which links must turn round to leave no loop, and an order in which makers come first."""
    count = len(plan.pieces)
    waiting = [0] * count
    readers: list[list[int]] = [[] for _ in range(count)]
    for number, link in enumerate(plan.links):
        waiting[link.target] += 1
        readers[link.source].append(number)
    turned = [False] * len(plan.links)
    done = [False] * count
    order: list[int] = []
    ready = deque(v for v in range(count) if not waiting[v])
    rest = 0
    while len(order) < count:
        if not ready:
            while done[rest]:
                rest += 1
            ready.append(rest)
        vertex = ready.popleft()
        if done[vertex]:
            continue
        done[vertex] = True
        order.append(vertex)
        for number in readers[vertex]:
            target = plan.links[number].target
            if done[target]:
                turned[number] = True
                continue
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)
    return turned, order


def _ranks(plan: Plan, turned: list[bool], order: list[int]) -> list[int]:
    """The longest way from the start; what has no maker moves down to its first reader."""
    count, first = len(plan.pieces), 1 if plan.ins else 0
    ends = [(b, a) if back else (a, b) for (a, b, *_), back in zip(plan.links, turned, strict=True)]
    succ: list[list[int]] = [[] for _ in range(count)]
    pred: list[list[int]] = [[] for _ in range(count)]
    for a, b in ends:
        succ[a].append(b)
        pred[b].append(a)
    rank = [0] * count
    free = [True] * count
    last = count - plan.outs
    for v in order if not any(turned) else _sorted(count, succ, pred):
        if v < plan.ins:
            free[v] = False
        elif v < last:
            rank[v] = max([rank[u] + 1 for u in pred[v]], default=first)
            free[v] = all(free[u] for u in pred[v])
    deepest = max(rank[plan.ins : last], default=0)
    for v in reversed(order if not any(turned) else _sorted(count, succ, pred)):
        if plan.ins <= v < last and free[v]:
            below = [rank[u] for u in succ[v] if u < last]
            if below:
                rank[v] = max(rank[v], min(below) - 1)
    steps = sorted({piece.late for piece in plan.pieces if piece.late})
    for v in range(plan.ins, last):
        if plan.pieces[v].late:
            rank[v] = deepest + 1 + steps.index(plan.pieces[v].late)
    for v in range(last, count):
        rank[v] = deepest + 1 + len(steps)
    return rank


def _sorted(count: int, succ: list[list[int]], pred: list[list[int]]) -> list[int]:
    """An order in which makers come first."""
    waiting = [len(pred[v]) for v in range(count)]
    order = [v for v in range(count) if not waiting[v]]
    for vertex in order:
        for target in succ[vertex]:
            waiting[target] -= 1
            if not waiting[target]:
                order.append(target)
    return order


def beside_labels(plan: Plan, piece: int) -> float:
    """Where a line against the flow meets the far end of a piece: clear of the labels there."""
    before, after, _, band, _ = plan.pieces[piece]
    if not band:
        return 0.0
    return after - BEND if plan.sideways else BEND - before


def _cut(net: Network) -> None:
    """Puts a bend into every rank that a link passes; links of one maker under one key share theirs."""
    shared: dict[tuple[int, int, int], int] = {}
    joined: set[tuple[int, int]] = set()
    for link, back in zip(net.plan.links, net.turned, strict=True):
        a, b = (link.target, link.source) if back else (link.source, link.target)
        leaves, enters = (beside_labels(net.plan, a), 0.0) if back else (link.leaves, link.enters)
        if net.rank[b] - net.rank[a] > LONG:
            net.chains.append(None)
            continue
        chain: list[int] = []
        last, offset = a, leaves
        for rank in range(net.rank[a] + 1, net.rank[b]):
            place = (-1 - link.key if not back else len(net.rank), a, rank)
            bend = shared.get(place)
            if bend is None:
                bend = shared[place] = _bend(net, rank)
                _join(net, last, bend, offset, 0.0)
            chain.append(bend)
            last, offset = bend, 0.0
        if (last, b) not in joined or last == a:
            joined.add((last, b))
            _join(net, last, b, offset, enters)
        net.chains.append(chain)


def _bend(net: Network, rank: int) -> int:
    net.rank.append(rank)
    net.before.append(BEND)
    net.after.append(BEND)
    net.ups.append([])
    net.downs.append([])
    return len(net.rank) - 1


def _join(net: Network, upper: int, lower: int, leaves: float, enters: float) -> None:
    net.downs[upper].append(Step(lower, enters - leaves, leaves, enters))
    net.ups[lower].append(Step(upper, leaves - enters, enters, leaves))
