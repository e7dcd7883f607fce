"""One spelling for each operation: operators, reflected and in-place forms, positions and keywords."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from graphviz_torch.diff.numbers import Numbers
from graphviz_torch.ir.graph import Node
from graphviz_torch.ir.literals import Literal, Mapping, Operand, Slice, format_literal

_SAME = {
    "iadd": "add_", "isub": "sub_", "imul": "mul_", "itruediv": "div_", "imatmul": "matmul",
    "radd": "add", "rmul": "mul", "truediv": "div", "true_divide": "div", "multiply": "mul", "subtract": "sub",
    "divide": "div", "negative": "neg", "absolute": "abs", "concat": "cat", "concatenate": "cat",
}  # fmt: skip
COMMUTATIVE = frozenset(
    "add mul maximum minimum eq ne logical_and logical_or logical_xor bitwise_and bitwise_or bitwise_xor".split()
)

# Where an argument stands: its name, then the places inside lists.
Spot = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Spelled:
    """An operation in one spelling.

    Attributes:
        name: without the underscores of operators and of in-place forms.
        commutes: whether the order of the operands means nothing.
        in_place: whether it is the in-place form.
        operands: the spot of each operand.
        number: equal for equal operations; loose: the same without the literals.
        literals: (spot, literal) of everything else, sorted; `None` is as good as nothing.
    """

    name: str
    in_place: bool
    operands: tuple[Spot, ...]
    literals: tuple[tuple[Spot, Literal], ...]
    commutes: bool
    number: int
    loose: int


class Spelling:
    """Spells operations for both sides; what is written alike is one object.

    The graphs outlive it: what it knows by the identity of arguments that they hold stays true.
    """

    def __init__(self, numbers: Numbers) -> None:
        self._numbers = numbers
        self._known: dict[Hashable, Spelled] = {}
        self._seen: dict[Hashable, Spelled] = {}

    def of(self, node: Node) -> Spelled:
        """An operation in one spelling."""
        # A saved graph holds equal arguments once, so most are known without being looked into.
        seen = (node.name, node.op, id(node.attributes), len(node.operands))
        found = self._seen.get(seen)
        if found is None:
            found = self._seen[seen] = self._read(node)
        return found

    def _read(self, node: Node) -> Spelled:
        attributes = node.attributes
        # `True` equals `1`, but it is another argument.
        key = (node.name, node.op, len(node.operands), attributes, tuple([type(item[1]) for item in attributes]))
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = _spell(node, self._numbers)
        return found


def _spell(node: Node, numbers: Numbers) -> Spelled:
    name = node.name if node.kind == "call" else node.op
    if node.kind == "call":
        name = name.strip("_") + "_" * (name.endswith("_") and not name.startswith("__"))
        name = _SAME.get(name, name)
    spots: dict[int, Spot] = {}
    literals: dict[Spot, Literal] = {}
    for key, literal in node.attributes:
        _spread((key,), literal, spots, literals)
    operands = tuple([spots.get(place, (str(place),)) for place in range(len(node.operands))])
    plain = tuple(sorted(literals.items(), key=lambda item: tuple(map(str, item[0]))))
    in_place = name.endswith("_")
    name = name.rstrip("_") or name
    kinds = tuple([type(literal) for _, literal in plain])
    return Spelled(
        name,
        in_place,
        operands,
        plain,
        commutes=name in COMMUTATIVE and not plain,
        number=numbers.of(("operation", name, in_place, operands, plain, kinds)),
        loose=numbers.of(("operation", name, operands)),
    )


def _spread(spot: Spot, literal: Literal, spots: dict[int, Spot], literals: dict[Spot, Literal]) -> None:
    """Sorts an argument into operands and literals; a list without operands stays one literal."""
    todo: list[tuple[Spot, Literal]] = [(spot, literal)]
    while todo:
        where, item = todo.pop()
        if isinstance(item, Operand):
            spots[item.index] = where
        elif _holds_operand(item):
            todo.extend(((*where, key), inner) for key, inner in _parts(item))
        elif item is not None:
            literals[where] = item


def _parts(item: Literal) -> list[tuple[str | int, Literal]]:
    if isinstance(item, tuple):
        return list(enumerate(item))
    if isinstance(item, Mapping):
        return list(item.items)
    if isinstance(item, Slice):
        return [("start", item.start), ("stop", item.stop), ("step", item.step)]
    return []


def _holds_operand(item: Literal) -> bool:
    todo = [item]
    while todo:
        found = todo.pop()
        if isinstance(found, Operand):
            return True
        todo.extend(inner for _, inner in _parts(found))
    return False


def argument(spot: Spot, literal: Literal | None) -> str:
    """An argument as it would be written."""
    name = str(spot[0])
    text = format_literal(literal)
    return text if not name or name.isdigit() else f"{name}={text}"
