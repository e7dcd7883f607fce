"""Which ghosts the operations of today once read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graphviz_torch.diff.ghosts import Ghosts

OPERATIONS = ("call", "module")


def former_reads(ghosts: Ghosts, pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """The values of ghosts, by the node of the new graph that read them, as far as they are drawn.

    What was read in a module whose operations are others now is read by the first operation there.

    Args:
        pairs: old and new nodes that are the same.
    """
    found: dict[str, tuple[str, ...]] = {}
    paired = set()
    for old, new in pairs:
        paired.add(old)
        before = ghosts.old.nodes.get(old)
        if before is not None:
            found[new] = tuple(_among(ghosts, before.operands))
    first = _first_operations(ghosts)
    for node in ghosts.old.graph.nodes:
        if node.kind in OPERATIONS and node.id not in paired and not ghosts.is_gone(node.id):
            calls = map(ghosts.paired, ghosts.old.ancestors(node.module_call))
            reader = next((first[call.id] for call in calls if call is not None and call.id in first), "")
            found[reader] = (*found.get(reader, ()), *_operations_among(ghosts, node.operands))
    return found


def _first_operations(ghosts: Ghosts) -> dict[str, str]:
    """The first operation in each call of the new graph."""
    first: dict[str, str] = {}
    for node in ghosts.new.graph.nodes:
        for call in ghosts.new.ancestors(node.module_call) if node.kind in OPERATIONS else ():
            first.setdefault(call, node.id)
    return first


def _among(ghosts: Ghosts, operands: Iterable[str]) -> Iterator[str]:
    for operand in operands:
        if ghosts.is_gone(ghosts.old.values[operand].producer):
            yield ghosts.name(operand)


def _operations_among(ghosts: Ghosts, operands: Iterable[str]) -> Iterator[str]:
    """Without leaves: the weights of a replaced module went with it."""
    made = (operand for operand in operands if ghosts.old.nodes[ghosts.old.values[operand].producer].kind in OPERATIONS)
    return _among(ghosts, made)
