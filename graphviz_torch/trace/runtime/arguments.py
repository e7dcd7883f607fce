"""The arguments of an operation as literals, by name where the name is known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import torch

from graphviz_torch.ir.literals import Literal, Mapping, Operand, Slice, Symbol
from graphviz_torch.trace.runtime.records import Op, OperandAt
from graphviz_torch.trace.runtime.signatures import parameters

Named = tuple[tuple[str, Literal], ...]
LONGEST_SEQUENCE = 1000
# Types whose equal values are spelled alike, unlike 0.0 and -0.0.
REPEATED = frozenset((OperandAt, type(None), bool, int, str, torch.dtype, torch.device))
SIZED = REPEATED | {tuple}
NUMBERS = frozenset((int,))
PLAIN = frozenset((type(None), bool, int, float, complex, str))
OPERANDS = tuple(Operand(place) for place in range(64))
OVERLOADED = frozenset(("device", "dtype", "layout", "memory_format"))


def attributes(op: Op) -> Named:
    """The arguments of a recorded operation."""
    if op.function is None:
        return tuple([(str(place), literal(value)) for place, value in enumerate(op.args)])
    if type(op.args) is tuple:  # nothing but tensors
        named = _of_tensors(op.function, op.args)
    elif REPEATED.issuperset(map(type, op.args)) or _repeated(op.args):
        named = _again(op.function, *op.args)
    else:
        named = _positional(op.function, op.args)
    if not op.kwargs:
        return named
    return (*named, *[(key, value if type(value) in PLAIN else literal(value)) for key, value in op.kwargs.items()])


def _repeated(args: Sequence[Any]) -> bool:
    """Whether equal arguments are spelled alike, where there are sizes and strides among them: tuples of numbers."""
    if not SIZED.issuperset(map(type, args)):
        return False
    return all(NUMBERS.issuperset(map(type, value)) for value in args if type(value) is tuple)


@lru_cache(maxsize=4096)
def _of_tensors(function: Callable[..., Any], args: tuple[OperandAt, ...]) -> Named:
    return _positional(function, args)


@lru_cache(maxsize=4096, typed=True)  # the types tell 1 from True
def _again(function: Callable[..., Any], *args: Any) -> Named:
    """Layers of one kind are called in one way."""
    return _positional(function, args)


def _positional(function: Callable[..., Any], args: Sequence[Any]) -> Named:
    names, lists = parameters(function)
    values = [value if type(value) in PLAIN else literal(value) for value in args]
    named: list[tuple[str, Literal]] = []
    for place, value in enumerate(values):
        name = names[place] if place < len(names) else str(place)
        if name in lists and type(value) is int:  # `x.view(2, -1)` spells the list without its brackets
            named.append((name, tuple(values[place:])))
            break
        if name == "tensors" and isinstance(value, Operand):  # `einsum(equation, a, b)` spells a list one by one
            named.extend((str(later), values[later]) for later in range(place, len(values)))
            break
        named.append((_overloaded(name, value), value))
    return tuple(named)


def _overloaded(name: str, value: Literal) -> str:
    """The name in the overload that was meant: `x.to("cuda")` and `x.to(torch.float16)` share one place."""
    if isinstance(value, Symbol) and value.kind in OVERLOADED:
        return value.kind
    return "device" if name == "dtype" and isinstance(value, str) else name


def literal(value: Any) -> Literal:
    """One argument as plain data."""
    if type(value) in PLAIN:
        return value  # type: ignore[no-any-return]
    if isinstance(value, OperandAt):
        return OPERANDS[value.index] if value.index < len(OPERANDS) else Operand(value.index)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, (tuple, list)):
        return tuple(literal(item) for item in value[:LONGEST_SEQUENCE])
    if isinstance(value, slice):
        return Slice(literal(value.start), literal(value.stop), literal(value.step))
    if isinstance(value, dict):
        return Mapping(tuple((str(key), literal(item)) for key, item in value.items()))
    return _symbol(value)


def _symbol(value: Any) -> Literal:
    for kind, name in ((torch.dtype, "dtype"), (torch.layout, "layout"), (torch.memory_format, "memory_format")):
        if isinstance(value, kind):
            return Symbol(name, str(value).removeprefix("torch."))
    if isinstance(value, torch.device):
        return Symbol("device", str(value))
    if value is Ellipsis:
        return Symbol("ellipsis", "...")
    if isinstance(value, int):  # a SymInt or an enum
        return int(value)
    if isinstance(value, torch.nn.Module):
        return Symbol("module", type(value).__qualname__)
    if callable(value):
        qualified: str = getattr(value, "__qualname__", type(value).__qualname__)
        return Symbol("function", qualified.replace("_VariableFunctionsClass.", "torch."))
    return Symbol("object", f"{type(value).__module__}.{type(value).__qualname__}")
