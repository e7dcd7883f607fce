"""What passes ask of the tree of calls: how deep a call is, what it spans, how much is in it."""

from __future__ import annotations

from dataclasses import dataclass

from graphviz_torch.ir.graph import Graph, ModuleCall

OPERATIONS = frozenset(("call", "module"))


@dataclass(slots=True)
class Region:
    """One call, measured over all that ran inside it.

    Attributes:
        level: how many calls are around it; repeats made by the fold pass do not count.
        first, last: places of its first and last operation among the operations of the graph; -1 where it has none.
        size: the number of its operations.
        own: ids of the operations directly inside.
        children: ids of the calls directly inside that have operations.
    """

    call: ModuleCall
    level: int
    first: int
    last: int
    size: int
    own: list[str]
    children: list[str]

    @property
    def whole(self) -> bool:
        """Whether nothing else ran between its first and its last operation."""
        return self.size == self.last - self.first + 1


def regions(graph: Graph) -> dict[str, Region]:
    """The regions by call id, in order of entry."""
    found: dict[str, Region] = {}
    for call in graph.calls:
        level = 0 if call.parent is None else _level_inside(found[call.parent])
        found[call.id] = Region(call, level, -1, -1, 0, [], [])
    place = -1
    for node in graph.nodes:
        if node.kind in OPERATIONS:
            place += 1
            if node.module_call is not None:
                region = found[node.module_call]
                region.own.append(node.id)
                region.last = place
                region.size += 1
                if region.first < 0:
                    region.first = place
    for call in reversed(graph.calls):
        region = found[call.id]
        if call.parent is not None and region.size:
            _hold(found[call.parent], region)
    for region in found.values():
        region.children.reverse()
    return found


def _level_inside(region: Region) -> int:
    return region.level + (region.call.kind != "repeat")


def _hold(parent: Region, child: Region) -> None:
    parent.children.append(child.call.id)
    parent.first = child.first if parent.first < 0 else min(parent.first, child.first)
    parent.last = max(parent.last, child.last)
    parent.size += child.size
