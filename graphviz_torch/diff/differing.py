"""Finds, call by call, which paired operations differ at all; most do not, and nothing more is asked of them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from operator import is_, itemgetter

from graphviz_torch.diff.blocks import Block
from graphviz_torch.diff.operations import Operations
from graphviz_torch.diff.side import Side
from graphviz_torch.diff.types import Contrasts, Numbered
from graphviz_torch.ir.graph import Node

# A pair of nodes that shows a difference: old, new, the name of the operation, whether both are written alike, and what
# differs in the types of their results.
Shown = tuple[Node, Node, str, bool, Contrasts]


@dataclass(slots=True)
class Differing:
    """Nodes of the new side, in the order of the run, that are not what their partners are.

    Attributes:
        reading: operations that read something else or are written differently, by the call they ran in.
        shown: nodes whose results have other types, or that are written differently.
    """

    reading: dict[str | None, list[Node]] = field(default_factory=lambda: defaultdict(list))
    shown: list[Shown] = field(default_factory=list)


def differing(old: Side, new: Side, operations: Operations) -> Differing:
    """Looks at every pair once."""
    return _Search(old, new, operations).found()


class _Search:
    def __init__(self, old: Side, new: Side, operations: Operations) -> None:
        self._old, self._new, self._operations = old, new, operations
        self._shown: list[tuple[int, Shown]] = []
        self._reading: dict[str | None, list[Node]] = defaultdict(list)

    def found(self) -> Differing:
        partners = {partner: call for call, partner in self._operations.straight.items()}
        for call, block in self._new.blocks.inside.items():
            if call in partners:
                self._blocks(call, self._old.block(partners[call]), block)
            else:
                self._blocks(call, *self._paired(block))
        self._leaves()
        return Differing(self._reading, [shown for _, shown in sorted(self._shown, key=itemgetter(0))])

    def _paired(self, block: Block) -> tuple[Block, Block]:
        """The operations of a block that have partners, and these, in the order of the new side."""
        to_old, nodes = self._operations.to_old, self._old.index.nodes
        here = [at for at, name in enumerate(block.ids) if name in to_old]
        if not here:
            return Block(block.start), Block(block.start)
        partners = [to_old[block.ids[at]] for at in here]
        old = self._old.block(nodes[partners[0]].module_call)
        at_id = {name: at for at, name in enumerate(old.ids)}
        return old.chosen([at_id[name] for name in partners]), block.chosen(here)

    def _blocks(self, call: str | None, old: Block, new: Block) -> None:
        """Compares two blocks whose operations are paired one by one."""
        alike = call in self._operations.alike
        spelled = alike or all(map(is_, old.spelled, new.spelled))
        if not (spelled and self._read_alike(new) if alike else self._translated(old) == new.reads):
            self._readers(call, old, new)
        if not (spelled and old.types == new.types):
            self._types(old, new)

    def _read_alike(self, block: Block) -> bool:
        """Whether what a block reads from outside is the partner of what has the same id."""
        to_new = self._operations.to_new.get
        outside = set().union(*block.reads).difference(block.ids)
        return all(to_new(value) == value for value in outside)

    def _translated(self, block: Block) -> list[tuple[str | None, ...]]:
        """What a block reads, as the new side would call it."""
        to_new = self._operations.to_new.get
        return [tuple(map(to_new, read)) for read in block.reads]

    def _readers(self, call: str | None, old: Block, new: Block) -> None:
        columns = zip(new.nodes, self._translated(old), new.reads, old.spelled, new.spelled, strict=True)
        for node, read, its, one, other in columns:
            if one is not other or read != its:
                self._reading[call].append(node)

    def _types(self, old: Block, new: Block) -> None:
        columns = zip(new.places, old.nodes, new.nodes, old.spelled, new.spelled, old.types, new.types, strict=True)
        for place, before, after, one, other, types, its in columns:
            alike = one is other
            if types != its or not alike:
                self._show(place, before, after, other.name, alike, types, its)

    def _leaves(self) -> None:
        known = {node.id: (node, types) for _, node, types in self._old.blocks.leaves}
        to_old = self._operations.to_old
        for place, node, types in self._new.blocks.leaves:
            if node.id in to_old:
                before, its = known[to_old[node.id]]
                if types != its:
                    self._show(place, before, node, node.name, True, its, types)

    def _show(self, place: int, old: Node, new: Node, name: str, alike: bool, types: Numbered, its: Numbered) -> None:
        contrasts = self._new.types.contrasts(new.results, types, its)
        if contrasts or not alike:
            self._shown.append((place, (old, new, name, alike, contrasts)))
