"""The rank of each piece of a frame along the flow: the longest way to it, so that all lines lead onwards."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

from graphviz_torch.layout.plan import Plan


class Ranked(NamedTuple):
    """The rank of each piece, and whether each link runs against the flow."""

    rank: list[int]
    turned: list[bool]


def ranked(plan: Plan) -> Ranked:
    """Ranks the pieces of a frame."""
    turned, order = _orient(plan)
    return Ranked(_ranks(plan, turned, order), turned)


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
