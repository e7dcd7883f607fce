"""Finds, in one pass, which paired operations differ at all; most do not, and nothing more is asked of them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple

from graphviz_torch.diff.operations import Operations
from graphviz_torch.diff.side import Side
from graphviz_torch.diff.types import Contrasts, Types
from graphviz_torch.ir.graph import Node


class Shown(NamedTuple):
    """A pair of nodes that shows a difference.

    Attributes:
        alike: whether both are written alike; contrasts: what differs in the types of their results.
    """

    old: Node
    new: Node
    alike: bool
    contrasts: Contrasts


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
    found = Differing()
    nodes, partner, to_new = old.index.nodes, operations.to_old, operations.to_new.get
    here, there = old.spellings.get, new.spellings.get
    contrasts = Types(old.index.values, new.index.values).contrasts
    for node in new.graph.nodes:
        if node.id not in partner:
            continue
        before = nodes[partner[node.id]]
        one, other = here(before.id), there(node.id)
        if (one is not other or tuple(map(to_new, before.operands)) != node.operands) and one is not None:
            found.reading[node.module_call].append(node)
        types = contrasts(before, node)
        if types or one is not other:
            found.shown.append(Shown(before, node, one is other, types))
    return found
