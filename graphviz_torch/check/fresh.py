"""Weights that are made while the model runs: new ones at each call, so that no optimizer has them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from graphviz_torch.ir.graph import Node, SourceLocation
from graphviz_torch.ir.literals import Operand
from graphviz_torch.ir.walks import GraphIndex, predecessors, reachable

# `scale = nn.Parameter(...)`; what is put on the module may be made at the first call alone.
PARAMETER = re.compile(r"^(?!\s*self\.).*(?<!\w)(torch\.)?(nn\.)?Parameter\(")


@dataclass(frozen=True, slots=True)
class Fresh:
    """A layer, or a parameter, that is made in forward.

    Attributes:
        what: `Linear`, `nn.Parameter`.
        node: the first operation that makes it; value: what the model reads of it.
        makers: ids of the operations that make it.
    """

    what: str
    node: Node
    value: str
    makers: frozenset[str]


def fresh(index: GraphIndex) -> Iterator[Fresh]:
    """Each of them, a layer by its weight."""
    told: set[SourceLocation] = set()
    for node in index.graph.nodes:
        found = (_layer(index, node) or _parameter(index, node)) if node.kind == "call" else None
        if found is not None and found.node.source is not None and found.node.source not in told:
            told.add(found.node.source)
            yield found


def _layer(index: GraphIndex, node: Node) -> Fresh | None:
    """What an operation takes for its weight, where nothing but factories made it, and it is to learn."""
    place = dict(node.attributes).get("weight")
    call = index.calls.get(node.module_call or "")
    if not isinstance(place, Operand) or call is None or call.kind != "inferred":
        return None
    value = index.values[node.operands[place.index]]
    names = reachable([value.producer], predecessors(index))
    roots = [index.nodes[name] for name in names if not index.nodes[name].operands]
    if not value.meta.requires_grad or any(root.kind != "call" or not root.results for root in roots):
        return None
    return Fresh(call.name, roots[0], value.id, frozenset(_beside(index, roots[0].source) | names))


def _beside(index: GraphIndex, source: SourceLocation | None) -> set[str]:
    """What one line makes: the bias too."""
    return {node.id for node in index.graph.nodes if source is not None and node.source == source}


def _parameter(index: GraphIndex, node: Node) -> Fresh | None:
    if node.operands or node.source is None or not node.results or not PARAMETER.match(node.source.code):
        return None
    inside = not node.source.function.endswith("__init__")
    if not inside or node.results[0] not in index.consumers:
        return None
    return Fresh("nn.Parameter", node, node.results[0], frozenset((node.id,)))
