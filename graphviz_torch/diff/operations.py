"""Pairs the operations inside paired calls (pass 6, second half).

1. Operations that compute the same from the same: equal name, literals, and everything upstream within the call. Their
   order in time means nothing.
2. The same without literals.
3. In order: equal name, literals, inner calls and weights; equal name and literals; equal name.
4. In a gap between pairs that holds equally many on both sides: one replaces the other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from graphviz_torch.diff.align import align
from graphviz_torch.diff.calls import CallPairs
from graphviz_torch.diff.numbers import Numbers
from graphviz_torch.diff.side import Side
from graphviz_torch.diff.spelling import same_spelling
from graphviz_torch.ir.graph import ModuleCall, Node

Item = Node | ModuleCall


@dataclass(frozen=True, slots=True)
class Gap:
    """What stands between the same pairs on both sides and has no partner."""

    call: str | None
    old: tuple[Item, ...]
    new: tuple[Item, ...]


@dataclass(slots=True)
class Operations:
    """Which operation is which.

    Attributes:
        to_new, to_old: the other node of a pair, by id; inputs, outputs, parameters and constants too.
        gaps: what has no partner, by the call of the new side, in order.
    """

    to_new: dict[str, str] = field(default_factory=dict)
    to_old: dict[str, str] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)

    def pair(self, old: str, new: str) -> None:
        """Takes two nodes for one and the same."""
        self.to_new[old], self.to_old[new] = new, old

    def mirrored(self, calls: CallPairs) -> Operations:
        """The same pairs, seen from the other side; `calls` are those of this side."""
        gaps = [Gap(calls.to_old.get(gap.call), gap.new, gap.old) for gap in self.gaps]
        return Operations(self.to_old, self.to_new, gaps)


def pair_operations(
    old: Side, new: Side, calls: CallPairs, leaves: list[tuple[str, str]], numbers: Numbers
) -> Operations:
    """Pairs the operations inside all paired calls.

    Args:
        leaves: the (old, new) inputs, outputs, parameters, buffers and constants that are the same.
    """
    found = Operations()
    for one, other in leaves:
        found.pair(one, other)
    names = {one: number for number, (one, _) in enumerate(leaves)}
    others = {other: number for number, (_, other) in enumerate(leaves)}
    tokens = {call: number for number, call in enumerate(calls.to_new)}
    mirrored = {other: tokens[one] for one, other in calls.to_new.items()}
    here = Cones(old, tokens, names, numbers)
    there = Cones(new, mirrored, others, numbers)
    for call, partner in calls.to_new.items():
        _inside(found, old, new, call, partner, here, there)
        _fill_gaps(found, old, new, calls, call, partner)
    return found


class Cones:
    """Numbers that are equal for operations that compute the same from the same within their call.

    Args:
        calls: a number for each call, leaves: for each leaf; equal on both sides for what is the same.
    """

    def __init__(self, side: Side, calls: dict[str | None, int], leaves: dict[str, int], numbers: Numbers) -> None:
        self.side, self._calls, self._leaves, self._numbers = side, calls, leaves, numbers

    def of(self, call: str | None, *, literals: bool) -> dict[str, int]:
        """The numbers of the operations directly inside a call, with or without their literals."""
        values: dict[str, Hashable] = {}
        found = {}
        for node in self.side.own.get(call, ()):
            spelled = self.side.spelled(node)
            tokens = [values.get(value) or self._token(call, value, values) for value in node.operands]
            if spelled.commutes and len(tokens) > 1:
                tokens.sort(key=str)
            number = found[node.id] = self._numbers.of((spelled.number if literals else spelled.loose, *tokens))
            for place, result in enumerate(node.results):
                values[result] = (number, place)
        return found

    def read(self, node: Node) -> Hashable:
        """The inner calls and leaves that an operation reads, in no order."""
        found = set()
        for value in node.operands:
            producer = self.side.producer(self.side.value(value))
            token = self._outside(node.module_call, value, producer) if producer.module_call != node.module_call else ()
            found |= {token} if token and token[0] in ("call", "leaf") else set()
        return frozenset(found)

    def _token(self, call: str | None, value: str, values: dict[str, Hashable]) -> Hashable:
        behind = self.side.value(value)
        token = values.get(behind.id) or self._outside(call, value, self.side.producer(behind))
        values[value] = token
        return token

    def _outside(self, call: str | None, value: str, producer: Node) -> tuple[Hashable, ...]:
        leaf = self._leaves.get(producer.id)
        if leaf is not None:
            return "leaf", leaf
        inner = child_towards(self.side, call, producer.module_call)
        if inner is not None:
            results = self.side.index.calls[inner].results
            return "call", self._calls.get(inner, -1), results.index(value) if value in results else -1
        operands = self.side.index.calls[call].operands if call is not None else ()
        return ("argument", operands.index(value)) if value in operands else ("outside", 0)


def child_towards(side: Side, call: str | None, inner: str | None) -> str | None:
    """The call directly inside `call` that holds `inner`; `None` where it is not in there."""
    while inner is not None:
        parent = side.index.calls[inner].parent
        if parent == call:
            return inner
        inner = parent
    return None


def _inside(
    found: Operations, old: Side, new: Side, call: str | None, partner: str | None, here: Cones, there: Cones
) -> None:
    for literals in (True, False):
        ones, others = _left(found, old, new, call, partner)
        if not ones or not others:
            return
        if literals and _written_alike(ones, others):
            for one, other in zip(ones, others, strict=True):
                found.pair(one.id, other.id)
            return
        mine, theirs = here.of(call, literals=literals), there.of(partner, literals=literals)
        whole = len(ones) == len(mine) and len(others) == len(theirs)
        numbers = list(mine.values())
        if whole and len(set(numbers)) == len(numbers) and numbers == list(theirs.values()):
            for one, other in zip(ones, others, strict=True):
                found.pair(one.id, other.id)
            return
        _equal_numbers(found, ones, others, mine, theirs)
    for key in (_surroundings, _literally, _by_name):
        ones, others = _left(found, old, new, call, partner)
        if ones and others:
            keys = [key(here, node) for node in ones], [key(there, node) for node in others]
            for place, at in align(*keys):
                found.pair(ones[place].id, others[at].id)


def _written_alike(ones: list[Node], others: list[Node]) -> bool:
    """Whether two calls are the same to the letter: the usual case, and the short way."""
    return len(ones) == len(others) and all(
        one.id == other.id and one.operands == other.operands and same_spelling(one, other)
        for one, other in zip(ones, others, strict=True)
    )


def _left(
    found: Operations, old: Side, new: Side, call: str | None, partner: str | None
) -> tuple[list[Node], list[Node]]:
    return (
        [node for node in old.own.get(call, ()) if node.id not in found.to_new],
        [node for node in new.own.get(partner, ()) if node.id not in found.to_old],
    )


def _surroundings(cones: Cones, node: Node) -> Hashable:
    """The operation with the inner calls and the weights that it reads."""
    read = cones.read(node)
    return (cones.side.spelled(node).number, read) if read else None


def _literally(cones: Cones, node: Node) -> Hashable:
    return cones.side.spelled(node).number


def _by_name(cones: Cones, node: Node) -> Hashable:
    return cones.side.spelled(node).name


def _equal_numbers(
    found: Operations, ones: list[Node], others: list[Node], mine: dict[str, int], theirs: dict[str, int]
) -> None:
    """Pairs what has equal numbers, last operations first: what they read goes with them."""
    here: dict[int, list[Node]] = defaultdict(list)
    there: dict[int, list[Node]] = defaultdict(list)
    for node in reversed(ones):
        here[mine[node.id]].append(node)
    for node in reversed(others):
        there[theirs[node.id]].append(node)
    clear = len(here) == len(ones) and len(there) == len(others)
    nodes = {} if clear else {node.id: node for node in (*ones, *others)}
    for number in here:
        left = [node for node in here[number] if node.id not in found.to_new]
        right = [node for node in there.get(number, ()) if node.id not in found.to_old]
        if len(left) == len(right):
            for one, other in zip(left, right, strict=True):
                found.pair(one.id, other.id)
                _upstream(found, one, other, mine, theirs, nodes)


def _upstream(
    found: Operations, one: Node, other: Node, mine: dict[str, int], theirs: dict[str, int], nodes: dict[str, Node]
) -> None:
    """Pairs what two paired operations read, where it is alike and in the same call."""
    todo = [(one, other)] if nodes else []
    while todo:
        one, other = todo.pop()
        for value, its in zip(one.operands, other.operands, strict=False):
            alike = value in nodes and its in nodes and mine.get(value, -1) == theirs.get(its, -2)
            if alike and value not in found.to_new and its not in found.to_old:
                found.pair(value, its)
                todo.append((nodes[value], nodes[its]))


def _fill_gaps(
    found: Operations, old: Side, new: Side, calls: CallPairs, call: str | None, partner: str | None
) -> None:
    regions = _regions(old, call) or _regions(new, partner)
    if not regions and not any(_left(found, old, new, call, partner)):
        return
    here = _gaps(old, call, lambda item: found.to_new.get(item) or calls.to_new.get(item))
    there = _gaps(new, partner, lambda item: item if item in found.to_old or item in calls.to_old else None)
    for anchor in dict.fromkeys((*here, *there)):
        ones, others = here.get(anchor, []), there.get(anchor, [])
        if len(ones) == len(others) and all(map(_could_replace, ones, others)):
            for one, other in zip(ones, others, strict=True):
                found.pair(one.id, other.id)
        else:
            found.gaps.append(Gap(partner, tuple(ones), tuple(others)))


def _regions(side: Side, call: str | None) -> bool:
    return any(side.index.calls[child].kind != "module" for child in side.index.call_children.get(call, ()))


def _could_replace(one: Item, other: Item) -> bool:
    return isinstance(one, Node) and isinstance(other, Node) and len(one.operands) == len(other.operands)


def _gaps(side: Side, call: str | None, partner: Callable[[str], str | None]) -> dict[str | None, list[Item]]:
    """What has no partner, by the partner of what stands before it."""
    gaps: dict[str | None, list[Item]] = {}
    anchor: str | None = None
    for item in side.items(call):
        known = partner(item.id)
        if known is not None:
            anchor = known
        elif isinstance(item, Node) or item.kind != "module":
            gaps.setdefault(anchor, []).append(item)
    return gaps
