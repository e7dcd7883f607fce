"""Which operands an operation writes, as far as its name, its arguments, its schema or their counts tell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from graphviz_torch.trace import compat
from graphviz_torch.trace.runtime.operations import Operation, schema_of
from graphviz_torch.trace.runtime.records import Held, Op, OperandAt

Tensor = torch.Tensor


def counted_more(tensors: Sequence[Tensor], operands: Sequence[Held]) -> bool:
    """Whether the count of writes of an operand is another than before."""
    try:
        for tensor, held in zip(tensors, operands, strict=True):
            if tensor._version != held.version:
                return True
    except RuntimeError:  # inference tensors do not count
        return True
    return False


def uncounted(tensor: Tensor, count: int) -> bool:
    """Whether writes to a tensor leave its count as it is: inference tensors, and the wrappers of vmap and its like."""
    return count < 0 or compat.functorch_base(tensor) is not tensor


def written_places(op: Op, info: Operation) -> set[int]:
    """Places of the operands that an operation writes, as far as its name, its arguments or its schema say."""
    schema = schema_of(op.function)
    if schema is not None:
        return _schema_writes(op, schema)
    if "out" in op.kwargs:
        return _places(op.kwargs["out"])
    if info.choice is not None and info.choice.made(op.args, op.kwargs):
        return _places(info.choice.written(op))
    return _places(op.args[0]) if info.writes and op.args else set()


def _schema_writes(op: Op, schema: Any) -> set[int]:
    found: set[int] = set()
    for number, argument in enumerate(schema.arguments):
        if argument.alias_info is not None and argument.alias_info.is_write:
            found |= _places(op.args[number] if number < len(op.args) else op.kwargs.get(argument.name))
    return found


def _places(given: Any) -> set[int]:
    """The operands in one argument."""
    parts = given if isinstance(given, (list, tuple)) else (given,)
    return {part.index for part in parts if isinstance(part, OperandAt)}
