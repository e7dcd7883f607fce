"""The operations of a graph by the call they ran in, in columns: whole calls compare without a look at each one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from graphviz_torch.diff.spelling import Spelled
from graphviz_torch.diff.types import Numbered
from graphviz_torch.ir.graph import Graph, Node

OPERATIONS = ("call", "module")


@dataclass(slots=True)
class Block:
    """What ran directly inside one call, in order; equal places in the columns belong together.

    Attributes:
        start: the place in the run of the first operation inside, looked through or not.
        places: the places in the run; types: those of the results.
    """

    start: int
    places: list[int] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    reads: list[tuple[str, ...]] = field(default_factory=list)
    spelled: list[Spelled] = field(default_factory=list)
    types: list[Numbered] = field(default_factory=list)

    def chosen(self, rows: Sequence[int]) -> Block:
        """Some rows, in the order given."""
        columns = (self.places, self.nodes, self.ids, self.reads, self.spelled, self.types)
        return Block(self.start, *([column[row] for row in rows] for column in columns))  # type: ignore[arg-type]


@dataclass(slots=True)
class Blocks:
    """One graph in blocks.

    Attributes:
        inside: the block of each call that has operations, in the order of these.
        leaves: (place, node, types) of what is no operation.
    """

    inside: dict[str | None, Block] = field(default_factory=dict)
    leaves: list[tuple[int, Node, Numbered]] = field(default_factory=list)


def blocks(
    graph: Graph, types: Sequence[int], spelled: Callable[[Node], Spelled], noise: Callable[[Node], bool] | None
) -> Blocks:
    """Sorts the nodes of a graph.

    Args:
        types: the number of the type of each value of the graph.
        noise: whether an operation is looked through; `None` where none is.
    """
    found = Blocks()
    inside = found.inside
    at = 0
    for place, node in enumerate(graph.nodes):
        # Values stand in the order of the nodes that make them.
        made = len(node.results)
        its: Numbered = types[at] if made == 1 else tuple(types[at : at + made])
        at += made
        if node.kind not in OPERATIONS:
            found.leaves.append((place, node, its))
            continue
        block = inside.get(node.module_call)
        if block is None:
            block = inside[node.module_call] = Block(place)
        if noise is None or not noise(node):
            block.places.append(place)
            block.nodes.append(node)
            block.ids.append(node.id)
            block.reads.append(node.operands)
            block.spelled.append(spelled(node))
            block.types.append(its)
    return found
