"""Two runs with batches of different sizes beside each other: which dimensions follow the batch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from graphviz_torch.check.axes import handed_on
from graphviz_torch.ir.graph import Node
from graphviz_torch.ir.literals import Literal, Mapping, Slice
from graphviz_torch.ir.walks import GraphIndex


@dataclass(frozen=True, slots=True)
class Batches:
    """Two runs of one model.

    Attributes:
        size: of the batch of the first run; other: of that of the second.
        second: whole, or up to where it raised.
    """

    size: int
    other: int
    first: GraphIndex
    second: GraphIndex

    def factors(self, value: str) -> tuple[Fraction | None, ...]:
        """For each dimension of a value how many times the batch it is; `None` for those that do not follow it."""
        one = self.first.values[value].meta.shape
        again = self.second.values.get(value)
        two = again.meta.shape if again is not None else None
        if one is None or two is None or len(one) != len(two):
            return ()
        return tuple(self._factor(old, new) for old, new in zip(one, two, strict=True))

    def _factor(self, old: int, new: int) -> Fraction | None:
        return Fraction(old, self.size) if old and old * self.other == new * self.size else None

    def axis(self, value: str) -> int | None:
        """The dimension that is the batch; `None` where none is, or where other dimensions follow it too."""
        found = self.factors(value)
        following = [place for place, factor in enumerate(found) if factor is not None]
        return following[0] if len(following) == 1 and found[following[0]] == 1 else None

    def survives(self, value: str) -> bool:
        """Whether what became of the batch in a value is handed on to an output as it is."""
        for node in self.first.graph.nodes:
            for operand in node.operands if node.kind == "output" else ():
                for axis, factor in enumerate(self.factors(operand)):
                    if factor not in (None, 1) and value in _way_back(self.first, operand, axis):
                        return True
        return False

    def stops_at(self, value: str) -> bool:
        """Whether the second run raised in an operation that a dimension of a value was handed on to."""
        failure = self.second.graph.failure
        node = self.second.nodes.get(failure.node or "") if failure is not None else None
        return node is not None and any(
            value in _way_back(self.second, operand, axis)
            for operand in node.operands
            for axis in range(len(self.second.values[operand].meta.shape or ()))
        )


def matters(index: GraphIndex, value: str) -> bool:
    """Whether the size of a value can show: an output has it, or an operation may raise for another.

    One run tells; where it does not matter no second one is needed.
    """
    seen, todo = {value}, [value]
    while todo:
        current = todo.pop()
        for node in (index.nodes[name] for name in index.consumers.get(current, ())):
            if node.kind == "output" or _minds_sizes(node):
                return True
            onward = [made for made in node.results if made not in seen and _hands_on(index, made, current)]
            seen.update(onward)
            todo.extend(onward)
    return False


def _minds_sizes(node: Node) -> bool:
    """Whether an operation may go with one size of an operand and not with another: it has a second, or a number."""
    return len(set(node.operands)) > 1 or any(_has_number(literal) for _, literal in node.attributes)


def _has_number(literal: Literal) -> bool:
    if isinstance(literal, tuple):
        return any(map(_has_number, literal))
    return isinstance(literal, (int, Slice, Mapping)) and not isinstance(literal, bool)


def _hands_on(index: GraphIndex, made: str, value: str) -> bool:
    result = index.values[made]
    found = (handed_on(index, result, axis) for axis in range(len(result.meta.shape or ())))
    return any(place is not None and place[0].id == value for place in found)


def _way_back(index: GraphIndex, value: str, axis: int) -> Iterator[str]:
    """Ids of the values that a dimension was handed on through, the last first."""
    current = index.values[value]
    yield current.id
    while (found := handed_on(index, current, axis)) is not None:
        current, axis = found
        yield current.id
