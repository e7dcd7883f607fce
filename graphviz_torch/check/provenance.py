"""Which operation made a number: the way back from a dimension of a value to where its size began."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from graphviz_torch.check.axes import handed_on
from graphviz_torch.check.describe import operation_words, place_words, sizes
from graphviz_torch.check.finding import Step
from graphviz_torch.ir.graph import Value
from graphviz_torch.ir.walks import GraphIndex, predecessors, reachable

LONGEST = 8
RESHAPES = frozenset(("view", "reshape", "flatten", "unflatten"))
SUMS = frozenset(("cat", "concat", "concatenate"))


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a size comes from.

    Attributes:
        value: the earliest value with this size in it; its producer made the size.
        axis: which of its dimensions.
        chain: from there to the value that was asked about, both included.
    """

    value: Value
    axis: int
    chain: tuple[Value, ...]


def origin(index: GraphIndex, value: Value, axis: int) -> Origin:
    """Walks back through every operation that hands a dimension on."""
    chain = [value]
    while (found := handed_on(index, value, axis)) is not None:
        value, axis = found
        chain.append(value)
    return Origin(value, axis, tuple(reversed(chain)))


def excerpt(index: GraphIndex, found: Origin) -> tuple[Step, ...]:
    """The data flow from what came into the operation that made the size to the value that was asked about."""
    steps = [*_before(index, found), *(_step(index, value) for value in found.chain)]
    remark = made_from(index, found)
    place = len(steps) - len(found.chain)
    first = steps[place]
    steps[place] = Step(first.what, first.shape, first.source, remark)
    return _short(steps, place)


def _before(index: GraphIndex, found: Origin) -> Iterator[Step]:
    """What the operation that made the size was given."""
    node = index.nodes[found.value.producer]
    if node.kind == "call" and node.operands:
        given = index.values[node.operands[0]]
        if index.nodes[given.producer].kind != "parameter":
            yield _step(index, given)


def _step(index: GraphIndex, value: Value) -> Step:
    node = index.nodes[value.producer]
    return Step(operation_words(index, node), sizes(value.meta.shape), node.source)


def _short(steps: list[Step], kept: int) -> tuple[Step, ...]:
    """A long way with its middle left out; the operation that made the size stays."""
    left_out = len(steps) - LONGEST
    if left_out <= 1:
        return tuple(steps)
    start = kept + 1
    return (*steps[:start], Step(f"... {left_out} more ...", ""), *steps[start + left_out :])


def made_from(index: GraphIndex, found: Origin) -> str:
    """How a reshape or a join made the size: `512·2·2 = 2048`, `64 + 32 = 96`; empty where that is not to be said."""
    node, shape = index.nodes[found.value.producer], found.value.meta.shape
    if node.kind != "call" or not shape:
        return ""
    given = [index.values[operand].meta.shape or () for operand in node.operands]
    if node.name in SUMS and all(len(one) == len(shape) for one in given):
        return f"{' + '.join(str(one[found.axis]) for one in given)} = {shape[found.axis]}"
    if node.name in RESHAPES and given:
        factors = merged(given[0], shape, found.axis)
        return f"{'·'.join(map(str, factors))} = {shape[found.axis]}" if len(factors) > 1 else ""
    return ""


def merged(old: tuple[int, ...], new: tuple[int, ...], axis: int) -> tuple[int, ...]:
    """The consecutive old sizes that a reshape made one new size of; empty where it did more than that."""
    before = 1
    for size in new[:axis]:
        before *= size
    place, product = 0, 1
    while place < len(old) and product < before:
        product *= old[place]
        place += 1
    factors: list[int] = []
    total = 1
    while place < len(old) and total < new[axis]:
        factors.append(old[place])
        total *= old[place]
        place += 1
    return tuple(factors) if product == before and total == new[axis] else ()


def agreed(index: GraphIndex, one: Value, other: Value) -> Value | None:
    """The latest value that two values both come from, where their branches last were one."""
    before = predecessors(index)
    shared = reachable([one.producer], before) & reachable([other.producer], before)
    for node in reversed(index.graph.nodes):
        if node.id in shared and node.results and node.kind in ("call", "input"):
            return index.values[node.results[0]]
    return None


def agreed_words(index: GraphIndex, value: Value) -> str:
    """`both branches come from stem.relu (4×64×56×56) at model.py:20`."""
    node = index.nodes[value.producer]
    at = f" at {place_words(node.source)}" if node.source is not None else ""
    return f"both branches come from {operation_words(index, node)} ({sizes(value.meta.shape)}){at}"
