"""A maker that very many far readers share (a mask, rotary tables) gets a small reference beside each of them."""

from __future__ import annotations

from collections import defaultdict

from graphviz_torch.layout.tree import BORDER, Body, Tree

MANY = 6
FAR = 2
MOST_BESIDE = 2


def add_references(tree: Tree) -> None:
    """Puts references in place of the far edges of every value that at least MANY far items of a frame read."""
    touched: dict[Body, None] = {}
    for body in tree.bodies:
        if len(body.edges) < MANY:
            continue
        readers: dict[str, list[int]] = defaultdict(list)
        for key, target in body.edges:
            if target != BORDER:
                readers[key].append(target)
        wide = {key: targets for key, targets in readers.items() if len(targets) >= MANY}
        if not wide:
            continue
        ranks = _ranks(body)
        for key, targets in wide.items():
            source = body.edges[key, targets[0]]
            start = 0 if source == BORDER else ranks[source]
            far = [target for target in targets if ranks[target] - start > FAR]
            if len(far) == len(targets):
                far.remove(min(far, key=lambda target: (ranks[target], target)))
            if len(far) >= MANY - 1:
                touched.update((_refer(tree, body, key, target), None) for target in far)
    for body in touched:
        _gather(body)


def _gather(body: Body) -> None:
    """Draws the references of one reader together where there are many, as in a block that reads all blocks before."""
    found: dict[int, list[tuple[str, int]]] = defaultdict(list)
    for (key, target), source in body.edges.items():
        if target != BORDER and source != BORDER and body.items[source].reference is not None:
            found[target].append((key, source))
    gone: set[int] = set()
    for target, references in found.items():
        if len(references) > MOST_BESIDE:
            first, *rest = (body.items[source] for _, source in references)
            first.others = tuple(item.reference for item in rest if item.reference is not None)
            for key, source in references[1:]:
                del body.edges[key, target]
                gone.add(source)
    if gone:
        _drop(body, gone)


def _drop(body: Body, gone: set[int]) -> None:
    """Takes items out of a frame."""
    body.items = [item for item in body.items if item.place not in gone]
    places = {item.place: number for number, item in enumerate(body.items)} | {BORDER: BORDER}
    for number, item in enumerate(body.items):
        item.place = number
    body.edges = {(key, places[target]): places[source] for (key, target), source in body.edges.items()}


def _refer(tree: Tree, body: Body, key: str, target: int) -> Body:
    """Replaces one edge: the reference goes into the innermost frame in which the value has more than one reader.

    Returns:
        That frame.
    """
    del body.edges[key, target]
    inner = body.items[target].inner
    while inner is not None:
        body = inner
        inside = [place for other, place in body.edges if other == key and body.edges[other, place] == BORDER]
        body.ins.pop(key, None)
        for place in inside:
            del body.edges[key, place]
        if len(inside) == 1 and inside[0] != BORDER and body.items[inside[0]].inner is not None:
            target, inner = inside[0], body.items[inside[0]].inner
            continue
        return _place(tree, body, key, inside)
    return _place(tree, body, key, [target])


def _place(tree: Tree, body: Body, key: str, targets: list[int]) -> Body:
    reference = body.add()
    reference.reference = tree.index.nodes[tree.index.values[tree.value_of(key)].producer]
    for target in targets:
        body.edges[key, target] = reference.place
    return body


def _ranks(body: Body) -> list[int]:
    """The longest way to each item, in steps; loops are cut where they close."""
    count = len(body.items)
    waiting = [0] * count
    readers: list[list[int]] = [[] for _ in range(count)]
    ranks = [0] * count
    for (_, target), source in body.edges.items():
        if target == BORDER:
            continue
        if source == BORDER:
            ranks[target] = max(ranks[target], 1)
        else:
            waiting[target] += 1
            readers[source].append(target)
    order = [place for place in range(count) if not waiting[place]]
    for place in order:
        for target in readers[place]:
            ranks[target] = max(ranks[target], ranks[place] + 1)
            waiting[target] -= 1
            if not waiting[target]:
                order.append(target)
    return ranks
