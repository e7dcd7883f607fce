"""The arguments of an operation as literals, by name where the name is known."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import torch

from graphviz_torch.ir.literals import Literal, Mapping, Operand, Slice, Symbol
from graphviz_torch.trace.runtime.records import Op, OperandAt

LONGEST_SEQUENCE = 1000


def attributes(op: Op) -> tuple[tuple[str, Literal], ...]:
    """The arguments of a recorded operation."""
    names = parameter_names(op.function) if op.function is not None else ()
    named = [
        (names[place] if place < len(names) else str(place), literal(value)) for place, value in enumerate(op.args)
    ]
    return (*named, *((key, literal(value)) for key, value in op.kwargs.items()))


def literal(value: Any) -> Literal:
    """One argument as plain data."""
    if isinstance(value, OperandAt):
        return Operand(value.index)
    if value is None or isinstance(value, (bool, str)):
        return value
    if type(value) in (int, float, complex):
        return value  # type: ignore[no-any-return]
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
        return Symbol("function", getattr(value, "__qualname__", type(value).__qualname__))
    return Symbol("object", f"{type(value).__module__}.{type(value).__qualname__}")


@lru_cache(maxsize=4096)
def parameter_names(function: Callable[..., Any]) -> tuple[str, ...]:
    """The names of the positional parameters, where Python or the operator's schema tells them."""
    try:
        parameters = inspect.signature(_dispatched(function)).parameters.values()
        return tuple(one.name for one in parameters if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD))
    except (TypeError, ValueError):
        pass
    name = getattr(function, "__name__", "").strip("_")
    try:
        schemas = torch._C._jit_get_schemas_for_operator(f"aten::{name}")
    except RuntimeError:
        return ()
    longest = max(schemas, key=lambda schema: len(schema.arguments), default=None)
    return tuple(argument.name for argument in longest.arguments) if longest else ()


def _dispatched(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function behind one that `boolean_dispatch` made, which has no signature of its own."""
    names = getattr(getattr(function, "__code__", None), "co_freevars", ())
    cells = dict(zip(names, getattr(function, "__closure__", None) or (), strict=False))
    return cells["if_false"].cell_contents if "if_false" in cells else function
