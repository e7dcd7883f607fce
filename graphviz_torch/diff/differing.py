"""Finds, in one pass, which paired operations differ at all; most do not, and nothing more is asked of them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from graphviz_torch.diff.operations import Operations
from graphviz_torch.diff.side import Side
from graphviz_torch.diff.words import same_type
from graphviz_torch.ir.graph import Node, TensorMeta


@dataclass(slots=True)
class Differing:
    """Nodes of the new side, in the order of the run, that are not what their partners are.

    Attributes:
        reading: operations that read something else or are written differently, by the call they ran in.
        shown: (old, new) of nodes whose results have other types, or that are written differently.
    """

    reading: dict[str | None, list[Node]] = field(default_factory=lambda: defaultdict(list))
    shown: list[tuple[Node, Node]] = field(default_factory=list)


def differing(old: Side, new: Side, operations: Operations) -> Differing:
    """Looks at every pair once."""
    found = Differing()
    types = Types(old, new)
    to_new, to_old, nodes = operations.to_new, operations.to_old, old.index.nodes
    here, there = old.spellings, new.spellings
    for node in new.graph.nodes:
        partner = to_old.get(node.id)
        if partner is None:
            continue
        before = nodes[partner]
        one, other = here.get(partner), there.get(node.id)
        alike = one is other
        read = [to_new.get(value) for value in before.operands] == list(node.operands)
        if one is not None and other is not None and not (read and (alike or one.operands == other.operands)):
            found.reading[node.module_call].append(node)
        if not alike or not types.same(before, node):
            found.shown.append((before, node))
    return found


class Types:
    """Compares the types of results; graphs hold few types, so each two are compared once."""

    def __init__(self, old: Side, new: Side) -> None:
        self._old, self._new = old.index.values, new.index.values
        self._known: dict[tuple[int, int], bool] = {}

    def same(self, one: Node, other: Node) -> bool:
        """Whether two nodes make equally many results of the same types."""
        if len(one.results) != len(other.results):
            return False
        for result, its in zip(one.results, other.results, strict=True):
            if not self._equal(self._old[result].meta, self._new[its].meta):
                return False
        return True

    def _equal(self, one: TensorMeta, other: TensorMeta) -> bool:
        key = (id(one), id(other))
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = same_type(one, other)
        return known
