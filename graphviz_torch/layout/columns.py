"""Keeps columns free for chains that lead nowhere, so that they are straight and can stand beside a tall frame."""

from __future__ import annotations

from graphviz_torch.layout.network import Network

TALL = 150.0


def keep_columns(net: Network) -> None:
    """Gives all of a chain that leads nowhere the width of its widest piece."""
    for start in range(net.plan.ins, len(net.plan.pieces) - net.plan.outs):
        if _size(net, start) >= TALL or _before(net, start) is not None:
            continue
        chain = _chain(net, start)
        if len(chain) > 1 and not net.downs[chain[-1]]:
            before = max(net.before[vertex] for vertex in chain)
            after = max(net.after[vertex] for vertex in chain)
            for vertex in chain:
                net.before[vertex], net.after[vertex] = before, after


def _chain(net: Network, vertex: int) -> list[int]:
    """A vertex and what follows it and no other chain."""
    chain = [vertex]
    while len(net.downs[vertex]) == 1:
        vertex = net.downs[vertex][0].to
        if _before(net, vertex) != chain[-1] or _size(net, vertex) >= TALL or _is_exit(net, vertex):
            break
        chain.append(vertex)
    return chain


def _before(net: Network, vertex: int) -> int | None:
    """The vertex that this one follows: the only one before it, or of several the first piece that leads only here."""
    joins = len(net.ups[vertex]) > 1
    for step in net.ups[vertex]:
        is_piece = net.plan.ins <= step.to < len(net.plan.pieces)
        alone = len(net.downs[step.to]) == 1 and step.to >= net.plan.ins and _size(net, step.to) < TALL
        if alone and (is_piece or not joins):
            return step.to
    return None


def _is_exit(net: Network, vertex: int) -> bool:
    return len(net.plan.pieces) - net.plan.outs <= vertex < len(net.plan.pieces)


def _size(net: Network, vertex: int) -> float:
    return net.plan.pieces[vertex].size if vertex < len(net.plan.pieces) else 0.0
