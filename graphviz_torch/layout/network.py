"""The layered network of one frame: pieces and bends as vertices, each in a rank, joined from rank to rank."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from graphviz_torch.layout.plan import Plan
from graphviz_torch.layout.ranks import Ranked

LONG = 24  # an edge over more ranks runs in a side lane


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


def network(plan: Plan, ranked: Ranked) -> Network:
    """Cuts the links between ranked pieces into steps from rank to rank."""
    count = len(plan.pieces)
    net = Network(
        plan,
        list(ranked.rank),
        [piece.before for piece in plan.pieces],
        [piece.after for piece in plan.pieces],
        [[] for _ in range(count)],
        [[] for _ in range(count)],
        turned=ranked.turned,
    )
    _cut(net)
    net.layers = [[] for _ in range(max(net.rank, default=-1) + 1)]
    return net


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
