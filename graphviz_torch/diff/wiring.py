"""Compares what paired operations and calls read, level by level.

Inside a call, a value is an operation's result, a result of an inner call, an argument of the call itself, or a leaf;
so a difference is told where it was made, and not again in everything around it. What has no partner is looked through
(the splice rule): an inserted layer is one addition, not an addition and a rewired reader.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from graphviz_torch.diff.blocks import OPERATIONS
from graphviz_torch.diff.calls import CallPairs
from graphviz_torch.diff.operations import Operations
from graphviz_torch.diff.rows import child_towards
from graphviz_torch.diff.side import Side
from graphviz_torch.diff.spelling import Spot
from graphviz_torch.ir.graph import Node, Value

MOST = 16
# What a call can be given: an input of the model is like any other argument there.
GIVEN = (*OPERATIONS, "input")


@dataclass(frozen=True, slots=True)
class Rewired:
    """One reader that reads something else.

    Attributes:
        old, new: ids of the reader, a node or a call; for what a call returns, the call itself.
        before, after: the values, which may be several where the number of operands differs.
        returned: whether it is about what a call returns.
    """

    old: str
    new: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    returned: bool = False


class Wiring:
    """Compares what is read on both sides.

    Args:
        reading: the operations of the new side that may read something else, by the call they ran in.
        shared: (old, new) names of tensors that are the same through being shared on one side.
        through: calls of the old and of the new side that are looked through although they have a partner: their
                modules moved.
    """

    def __init__(
        self,
        old: Side,
        new: Side,
        calls: CallPairs,
        operations: Operations,
        reading: Mapping[str | None, Sequence[Node]],
        through: tuple[Set[str], Set[str]],
        shared: set[tuple[str, str]],
    ) -> None:
        self._old, self._new, self._shared = old, new, shared
        self._calls, self._operations, self._through = calls, operations, through
        self._reading = reading
        # Calls (of the new side) that get the same in another order: their arguments are told apart by what they are.
        self._shuffled: set[str | None] = set()

    def quiet(self, old: str | None, new: str | None) -> bool:
        """Whether two paired calls hold no other calls, and it is plain that nothing in them reads anything else."""
        if old is None or new is None or new in self._reading or new in self._new.index.call_children:
            return False
        return self._plainly(self._old.index.calls[old].results, self._new.index.calls[new].results)

    def inside(self, old: str | None, new: str | None) -> Iterator[Rewired]:
        """The readers directly inside two paired calls that read something else, in the order of the new side."""
        for node in self._reading.get(new, ()):
            yield from self.operation(self._operations.to_old[node.id], node.id, old, new)
        for child in self._new.index.call_children.get(new, ()):
            partner = self._calls.to_old.get(child)
            if partner is not None and self._stays(partner, child) and self._parent(partner) == old:
                yield from self._call(partner, child, old, new)
        if old is not None and new is not None:
            ones, others = self._old.index.calls[old].results, self._new.index.calls[new].results
            if len(ones) == len(others) and not self._plainly(ones, others):
                for one, other in zip(ones, others, strict=True):
                    if not self.same(one, other, old, new):
                        yield Rewired(old, new, (one,), (other,), True)
        if new is None:
            yield from self._outputs()

    def elsewhere(self) -> dict[tuple[str | None, str | None], list[Rewired]]:
        """The calls that read something else and run inside calls that are not one and the same, by these."""
        found: dict[tuple[str | None, str | None], list[Rewired]] = defaultdict(list)
        for call in self._new.graph.calls:
            partner = self._calls.to_old.get(call.id)
            if partner is not None and self._stays(partner, call.id):
                old, new = self._parent(partner), call.parent
                if self._calls.to_new.get(old, call.id) != new:
                    found[old, new] += self._call(partner, call.id, old, new)
        return found

    def _stays(self, old: str, new: str) -> bool:
        return old not in self._through[0] and new not in self._through[1]

    def _parent(self, call: str) -> str | None:
        return self._old.index.calls[call].parent

    def _outputs(self) -> Iterator[Rewired]:
        for node in self._new.graph.nodes:
            partner = self._operations.to_old.get(node.id) if node.kind == "output" else None
            if partner is not None:
                before, after = self._old.index.nodes[partner].operands, node.operands
                if not self.same(before[0], after[0], None, None):
                    yield Rewired(partner, node.id, before, after)

    def _call(self, one: str, other: str, old: str | None, new: str | None) -> Iterator[Rewired]:
        before, after = self._old.index.calls[one].operands, self._new.index.calls[other].operands
        if self._plainly(before, after) or self._same_row(before, after, old, new):
            return
        gone, come = self._unordered(before, after, old, new)
        if len(before) == len(after) and gone and come:
            yield Rewired(one, other, tuple(gone), tuple(come))
        else:
            self._shuffled.add(other)

    def _same_row(self, before: Sequence[str], after: Sequence[str], old: str | None, new: str | None) -> bool:
        return len(before) == len(after) and all(
            self.same(one, other, old, new) for one, other in zip(before, after, strict=True)
        )

    def _plainly(self, before: Sequence[str], after: Sequence[str]) -> bool:
        """Whether two rows of values are first results of pairs, one by one: the usual case, and the short way."""
        if len(before) != len(after):
            return False
        to_new = self._operations.to_new
        return [to_new.get(one) for one in before] == list(after)

    def operation(self, one: str, other: str, old: str | None, new: str | None) -> Iterator[Rewired]:
        """Compares the operands of two operations."""
        ones, others = self._old.index.nodes[one], self._new.index.nodes[other]
        before, after = self._old.spelled(ones), self._new.spelled(others)
        if before.commutes and after.commutes and len(ones.operands) == len(others.operands):
            odd = self._unordered(ones.operands, others.operands, old, new)
        else:
            odd = self._by_spot(
                dict(zip(before.operands, ones.operands, strict=True)),
                dict(zip(after.operands, others.operands, strict=True)), old, new,
            )  # fmt: skip
        if (odd[0] or odd[1]) and not self._only_more(ones.operands, others.operands, old, new):
            yield Rewired(one, other, tuple(odd[0]), tuple(odd[1]))

    def _only_more(self, before: Sequence[str], after: Sequence[str], old: str | None, new: str | None) -> bool:
        """Whether the operands are the same but for results of what came or went."""
        if len(before) == len(after):
            return False
        ones = [one for one in before if not self._alone(self._old, one)]
        others = [other for other in after if not self._alone(self._new, other)]
        return self._same_row(ones, others, old, new)

    def _alone(self, side: Side, value: str) -> bool:
        """Whether what made a value has no partner."""
        partners = self._operations.to_new if side is self._old else self._operations.to_old
        return side.value(value).producer not in partners

    def _by_spot(
        self, before: dict[Spot, str], after: dict[Spot, str], old: str | None, new: str | None
    ) -> tuple[list[str], list[str]]:
        gone, come = [], []
        for spot in dict.fromkeys((*before, *after)):
            one, other = before.get(spot), after.get(spot)
            if one is None or other is None or not self.same(one, other, old, new):
                gone += [] if one is None else [one]
                come += [] if other is None else [other]
        return gone, come

    def _unordered(
        self, before: Sequence[str], after: Sequence[str], old: str | None, new: str | None
    ) -> tuple[list[str], list[str]]:
        left = list(after)
        gone = []
        for one in before:
            match = next((other for other in left if self.same(one, other, old, new)), None)
            if match is None:
                gone.append(one)
            else:
                left.remove(match)
        return gone, left

    def same(self, one: str, other: str, old: str | None, new: str | None) -> bool:
        """Whether two values, seen from inside two paired calls, are one and the same."""
        if self._equal(one, other, old, new):
            return True
        if self._alone(self._old, one) and self._alone(self._new, other):
            return True  # the one came instead of the other, which is told as such
        ones, others = self._sources(self._old, one, old), self._sources(self._new, other, new)
        if ones == [one] and others == [other]:
            return False
        return any(self._equal(first, second, old, new) for first in ones for second in others)

    def _equal(self, one: str, other: str, old: str | None, new: str | None) -> bool:
        mine, theirs = self._old.value(one), self._new.value(other)
        if self._operations.to_new.get(mine.producer) == theirs.producer and mine.index == theirs.index:
            return True
        if self._shared and (self._name(self._old, mine), self._name(self._new, theirs)) in self._shared:
            return True
        here, there = self._local(self._old, mine.id, old), self._local(self._new, theirs.id, new)
        return bool(here & self._mapped(there))

    def _name(self, side: Side, value: Value) -> str:
        return side.producer(value).name

    def _local(self, side: Side, value: str, call: str | None) -> set[tuple[Hashable, int]]:
        """What a value is, seen from inside a call: results of an inner call, arguments of the call itself."""
        producer = side.producer(side.index.values[value])
        inner = child_towards(side, call, producer.module_call)
        if inner is not None:
            return {(inner, place) for place, result in enumerate(side.index.calls[inner].results) if result == value}
        if call is None or producer.module_call == call or producer.kind not in GIVEN:
            return set()
        if call in self._shuffled or self._calls.to_new.get(call) in self._shuffled:
            return set()
        return {(call, -1 - place) for place, operand in enumerate(side.index.calls[call].operands) if operand == value}

    def _mapped(self, found: set[tuple[Hashable, int]]) -> set[tuple[Hashable, int]]:
        return {(self._calls.to_old.get(call), place) for call, place in found if call in self._calls.to_old}

    def _sources(self, side: Side, value: str, call: str | None) -> list[str]:
        """The values behind a value, where what made it has no partner or moved."""
        partners = self._operations.to_new if side is self._old else self._operations.to_old
        found: dict[str, None] = {}
        todo, seen = [value], {value}
        while todo and len(found) < MOST:
            item = side.value(todo.pop(0))
            producer = side.producer(item)
            if producer.id in partners and not self._moved(side, producer.module_call):
                found[item.id] = None
                continue
            for operand in producer.operands:
                if operand not in seen:
                    seen.add(operand)
                    todo.append(operand)
        return list(found)

    def _moved(self, side: Side, call: str | None) -> bool:
        through = self._through[side is self._new]
        return bool(through) and any(above in through for above in side.index.ancestors(call))
