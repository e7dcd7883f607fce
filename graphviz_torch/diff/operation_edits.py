"""Explains the match of the operations: added, removed and replaced ones, and literals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graphviz_torch.diff.arguments import Argument, mirrors
from graphviz_torch.diff.calls import CallPairs
from graphviz_torch.diff.edits import Edit, Order
from graphviz_torch.diff.operations import Gap, Item, Operations
from graphviz_torch.diff.result import ChangeClass, Place
from graphviz_torch.diff.side import Side
from graphviz_torch.diff.sizes import Sizes
from graphviz_torch.diff.spelling import argument
from graphviz_torch.diff.words import counted
from graphviz_torch.ir.drafts import draft
from graphviz_torch.ir.graph import Node

# Of these there may be one for each operation.
_edit, _place = draft(Edit), draft(Place)


class OperationEdits:
    """Makes edits of what differs between operations."""

    def __init__(self, old: Side, new: Side, calls: CallPairs, operations: Operations) -> None:
        self._old, self._new, self._calls, self._operations = old, new, calls, operations

    def gap(self, gap: Gap) -> Edit | None:
        """What came, went, or came instead, between the same neighbours."""
        ones, others = self._settled(gap.old, self._old), self._settled(gap.new, self._new)
        if not ones and not others:
            return None
        before, after = counted(_names(self._old, ones)), counted(_names(self._new, others))
        kind: ChangeClass = "replaced" if ones and others else "removed" if ones else "added"
        place = Place(
            self._path(self._old, self._calls.to_old.get(gap.call)), self._path(self._new, gap.call),
            tuple(item.id for item in ones), tuple(item.id for item in others),
        )  # fmt: skip
        why = {
            "replaced": "operations between the same neighbours are others",
            "removed": "no operation on the new side is like it",
            "added": "no operation on the old side is like it",
        }[kind]
        source = next((item.source for item in (*others, *ones) if item.source), None)
        return Edit(kind, "structural", place, after or before, before, after, why, source, self._order(ones, others))

    def replaced(self, one: Node, other: Node) -> Edit | None:
        """Two paired operations of different names or forms."""
        before, after = self._old.spelled(one), self._new.spelled(other)
        if before.name == after.name and before.in_place == after.in_place:
            return None
        place = self._place(one, other)
        if before.name == after.name:
            why = "one of the two writes in place"
            return Edit("attribute", "structural", place, after.name, one.name, other.name, why, other.source,
                        self._order([one], [other]))  # fmt: skip
        why = "another operation in the same place"
        return _edit("replaced", "structural", place, after.name, before.name, after.name, why, other.source,
                     self._order([one], [other]), None, ())  # fmt: skip

    def literals(
        self, one: Node, other: Node, sizes: Sizes, known: Sequence[str], told: Sequence[Argument] = ()
    ) -> Edit | None:
        """Literals of two paired operations that differ and follow from nothing.

        Args:
            sizes: the sizes that differ so far in this run.
            known: names of arguments that another edit tells already.
            told: the arguments of the module around it that differ, which tells of it already.
        """
        before, after = dict(self._old.spelled(one).literals), dict(self._new.spelled(other).literals)
        operands = {*self._old.spelled(one).operands, *self._new.spelled(other).operands}
        odd = [
            spot
            for spot in dict.fromkeys((*after, *before))
            if before.get(spot) != after.get(spot) or type(before.get(spot)) is not type(after.get(spot))
        ]
        odd = [
            spot
            for spot in odd
            if spot not in operands
            and str(spot[0]) not in known
            and not sizes.explain(before.get(spot), after.get(spot), str(spot[0]))
            and not mirrors(told, str(spot[0]), before.get(spot), after.get(spot))
        ]
        if not odd:
            return None
        before_text, after_text = (
            ", ".join(argument(spot, side[spot]) for spot in odd if spot in side) for side in (before, after)
        )
        name = self._new.spelled(other).name
        return Edit("attribute", "structural", self._place(one, other), name, before_text, after_text,
                    "the operation was called with other arguments", other.source,
                    self._order([one], [other]))  # fmt: skip

    def _settled(self, items: Sequence[Item], side: Side) -> list[Item]:
        """Without what could not run because the other side raised."""
        other = self._new if side is self._old else self._old
        if other.graph.failure is None:
            return list(items)
        last = max((side.order[node] for node in self._paired(side)), default=-1)
        return [item for item in items if side.order.get(item.id, side.first.get(item.id, 0)) < last]

    def _paired(self, side: Side) -> Iterator[str]:
        nodes = self._operations.to_new if side is self._old else self._operations.to_old
        return (node for node in nodes if side.index.nodes[node].kind == "call")

    def _place(self, one: Node, other: Node) -> Place:
        paths = self._path(self._old, one.module_call), self._path(self._new, other.module_call)
        return _place(*paths, (one.id,), (other.id,), ())

    def _path(self, side: Side, call: str | None) -> str:
        return side.branch_of(call).path

    def _order(self, ones: Sequence[Item], others: Sequence[Item]) -> Order:
        if others:
            return 2, _at(self._new, others[0]), 0
        # What went stands behind the last thing before it that stayed.
        place = _at(self._old, ones[0])
        for node in reversed(self._old.graph.nodes[:place]):
            if node.id in self._operations.to_new:
                return 2, self._new.order[self._operations.to_new[node.id]], 1 + place
        return 2, 0, 1 + place


def _at(side: Side, item: Item) -> int:
    return side.order.get(item.id, side.first.get(item.id, 0))


def _names(side: Side, items: Sequence[Item]) -> list[str]:
    return [side.spelled(item).name if isinstance(item, Node) else item.name or item.kind for item in items]
