"""Literals: the arguments of an operation that are not tensors, as plain data.

An argument tree is made of Python scalars (`None`, `bool`, `int`, `float`, `complex`, `str`), tuples, and the four
classes below. It prints as the Python expression that the user would have written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Union

Literal = Union[None, bool, int, float, complex, str, "Operand", "Symbol", "Slice", "Mapping", tuple["Literal", ...]]


@dataclass(frozen=True, slots=True)
class Operand:
    """The place of a tensor among the arguments: the `index`-th operand of the node."""

    index: int


@dataclass(frozen=True, slots=True)
class Symbol:
    """A named object that has no literal spelling.

    Attributes:
        kind: `dtype`, `device`, `layout`, `memory_format`, `ellipsis`, `function`, `module` or `object`; in a view
            also `parameter` or `buffer` for one that is not drawn.
        text: the name: `float32`, `cuda:0`, `my_package.MyClass`.
    """

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Slice:
    """A slice of an index expression."""

    start: Literal
    stop: Literal
    step: Literal


@dataclass(frozen=True, slots=True)
class Mapping:
    """A dict argument, in insertion order."""

    items: tuple[tuple[str, Literal], ...]


def format_literal(literal: Literal, operand_names: Sequence[str] = ()) -> str:
    """Spells a literal as Python would.

    Args:
        literal: the argument tree.
        operand_names: what to print for each `Operand`; `%0`, `%1` ... where there is none.
    """
    if isinstance(literal, Operand):
        return operand_names[literal.index] if literal.index < len(operand_names) else f"%{literal.index}"
    if isinstance(literal, Symbol):
        return "..." if literal.kind == "ellipsis" else literal.text
    if isinstance(literal, Slice):
        ends = ["" if end is None else format_literal(end, operand_names) for end in (literal.start, literal.stop)]
        step = "" if literal.step is None else ":" + format_literal(literal.step, operand_names)
        return ":".join(ends) + step
    if isinstance(literal, Mapping):
        inner = ", ".join(f"{key!r}: {format_literal(item, operand_names)}" for key, item in literal.items)
        return "{" + inner + "}"
    if isinstance(literal, tuple):
        inner = ", ".join(format_literal(item, operand_names) for item in literal)
        return f"({inner},)" if len(literal) == 1 else f"({inner})"
    return repr(literal)
