"""Slices of one value that a loop goes through, and what is done alike with each of them.

1. Slices are the results of one `unbind`, `chunk` or `split`, or of indexing at one place with several keys.
2. A value belongs to a round of the loop where it comes from slices of that round alone: what a recurrence carries on
   comes from several, and belongs to none.
3. An operation is repeated where every round has it: the same place, arguments and shapes, and the same other operands.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from graphviz_torch.check.costs import MOVES
from graphviz_torch.ir.graph import Node, Value
from graphviz_torch.ir.literals import Literal, Symbol
from graphviz_torch.ir.walks import GraphIndex

FEWEST = 4
PARTS = frozenset(("unbind", "chunk", "split", "tensor_split"))
TAKES = frozenset(("getitem", "select", "narrow"))
BY_DATA = frozenset(
    """nonzero unique masked_select nms argwhere bincount item tolist int float bool index numpy""".split()
)
SEVERAL = -1


@dataclass(frozen=True, slots=True)
class Family:
    """The slices of one value, one a round.

    Attributes:
        whole: that value.
        axis: the dimension that is cut; `None` where that is not clear.
        node: what made the first slice.
    """

    whole: Value
    slices: tuple[str, ...]
    axis: int | None
    node: Node


@dataclass(frozen=True, slots=True)
class Repeated:
    """What is done alike in every round.

    Attributes:
        families: the slices that the rounds begin with.
        sites: the operations of the first round, in order, each with those of the other rounds.
        by_data: operations of single rounds whose results depend on the data, so that rounds are alike by chance.
        call: the module call that the slices are taken in.
    """

    families: tuple[Family, ...]
    sites: tuple[tuple[Node, ...], ...]
    by_data: tuple[Node, ...]
    call: str | None

    @property
    def rounds(self) -> int:
        """How often."""
        return len(self.families[0].slices)


def repeated(index: GraphIndex) -> Iterator[Repeated]:
    """Everything that is done alike with the slices of a value."""
    groups: dict[tuple[int, str | None], list[Family]] = defaultdict(list)
    for family in _families(index):
        groups[len(family.slices), family.node.module_call].append(family)
    for (_, call), families in groups.items():
        rounds = _rounds(index, families)
        sites = _sites(index, families, rounds)
        if sites:
            by_data = tuple(node for node, _ in rounds if node.name in BY_DATA)
            yield Repeated(tuple(families), tuple(sites), by_data, call)


def _families(index: GraphIndex) -> Iterator[Family]:
    taken: dict[object, list[Node]] = defaultdict(list)
    for node in index.graph.nodes:
        if node.kind != "call" or not node.operands:
            continue
        if node.name in PARTS and len(node.results) >= FEWEST and _alike(index, node.results):
            axis = dict(node.attributes).get("dim", 0)
            yield _family(index, node, node.results, axis if isinstance(axis, int) else None)
        elif node.name in TAKES and node.source is not None:
            taken[node.operands[0], node.source.line, node.source.column, node.module_call].append(node)
    for nodes in taken.values():
        slices = tuple(node.results[0] for node in nodes)
        if len(nodes) >= FEWEST and _alike(index, slices) and len({node.attributes for node in nodes}) == len(nodes):
            yield _family(index, nodes[0], slices, _axis(index, nodes))


def _family(index: GraphIndex, node: Node, slices: tuple[str, ...], axis: int | None) -> Family:
    whole = index.values[node.operands[0]]
    rank = len(whole.meta.shape or ())
    return Family(whole, slices, axis % rank if axis is not None and rank else None, node)


def _alike(index: GraphIndex, values: tuple[str, ...]) -> bool:
    return len({index.values[value].meta.shape for value in values}) == 1


def _axis(index: GraphIndex, nodes: list[Node]) -> int | None:
    """The dimension in which the keys differ."""
    first, second = dict(nodes[0].attributes), dict(nodes[1].attributes)
    if nodes[0].name != "getitem":
        found = first.get("dim", 0)
        return found if isinstance(found, int) else None
    one, other = _words(first.get("key")), _words(second.get("key"))
    differing = [place for place, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]]
    if len(one) != len(other) or len(differing) != 1 or None in one:
        return None
    before = one[: differing[0]]
    wide = any(isinstance(word, Symbol) for word in before)
    return differing[0] - len(one) if wide else differing[0]


def _words(key: Literal) -> tuple[Literal, ...]:
    return key if isinstance(key, tuple) else (key,)


def _rounds(index: GraphIndex, families: list[Family]) -> list[tuple[Node, int]]:
    """The operations that belong to one round, each with that, in execution order."""
    of = {value: place for family in families for place, value in enumerate(family.slices)}
    taken = frozenset(of)
    found = []
    for node in index.graph.nodes:
        if node.kind != "call" or not taken.isdisjoint(node.results):
            continue
        places = {of[value] for value in node.operands if value in of}
        if places:
            place = places.pop() if len(places) == 1 else SEVERAL
            of.update((value, place) for value in node.results)
            if place != SEVERAL:
                found.append((node, place))
    return found


def _sites(index: GraphIndex, families: list[Family], rounds: list[tuple[Node, int]]) -> list[tuple[Node, ...]]:
    """The operations that each round has, in the order of the first one."""
    inside = {value for family in families for value in family.slices}
    inside.update(value for node, _ in rounds for value in node.results)
    found: dict[object, dict[int, Node]] = defaultdict(dict)
    for node, place in rounds:
        found[_key(index, node, inside)].setdefault(place, node)
    count = len(families[0].slices)
    sites = [tuple(nodes[place] for place in range(count)) for nodes in found.values() if len(nodes) == count]
    return sites if any(site[0].name.strip("_") not in MOVES for site in sites) else []


def _key(index: GraphIndex, node: Node, inside: set[str]) -> object:
    """What is the same in every round."""
    place = node.source
    read = tuple((index.values[value].meta.shape, None if value in inside else value) for value in node.operands)
    where = (place.file, place.line, place.column) if place is not None else None
    calls = tuple(index.calls[call].path for call in index.ancestors(node.module_call))
    return node.name, where, node.attributes, read, calls
