"""The recorder: notes what runs, as it runs, at the least cost; all that can wait is left to the assembly."""

from __future__ import annotations

from collections.abc import Callable
from sys import _getframe
from typing import Any

import torch
from torch import is_grad_enabled
from torch.nn.parameter import Parameter

from graphviz_torch.trace import compat
from graphviz_torch.trace.compat import sequence_number
from graphviz_torch.trace.runtime.calls import Calls
from graphviz_torch.trace.runtime.operations import Operation
from graphviz_torch.trace.runtime.records import Call, Op, OperandAt
from graphviz_torch.trace.runtime.structures import SCALARS, tensors_of
from graphviz_torch.trace.runtime.values import UNCOUNTED
from graphviz_torch.trace.statics import Statics

Tensor = torch.Tensor
OPERANDS = tuple(OperandAt(place) for place in range(64))


class Recorder(Calls):
    """The record of one run on one thread.

    Attributes:
        current: the operation that is running now; what it calls is its own affair.
        ambient: whether gradients and inference mode are on around the run.
    """

    def __init__(self, statics: Statics, about_to_write: Callable[[Tensor], None]) -> None:
        super().__init__(statics)
        self._about_to_write = about_to_write
        self.current: Op | None = None
        self.ambient = (torch.is_grad_enabled(), torch.is_inference_mode_enabled())

    def breaking(self, error: BaseException) -> tuple[Op | None, Call | None]:
        """The innermost operation and call that raised an exception, or what it was made from."""
        chain: BaseException | None = error
        while chain is not None:
            for number, op, call in self.broken:
                if number == id(chain):
                    return op, call
            chain = chain.__cause__ or chain.__context__
        return None, None

    # ---- operations

    def run(self, info: Operation, function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """Runs one operation and records it."""
        op = Op()
        op.info, op.function, op.name, op.error = info, function, info.name, None
        tensors: list[Tensor] = []
        op.args = [a if type(a) in SCALARS else self._template(a, tensors) for a in args]
        op.kwargs = {k: self._template(a, tensors) for k, a in kwargs.items()} if kwargs else {}
        op.operands = [self.operand(t) for t in tensors]
        op.call, op.place = self._here(_getframe(2))
        op.grad_mode = grad = is_grad_enabled()
        op.inference = not grad and torch.is_inference_mode_enabled()
        op.hook = self.hook
        op.results, op.written = [], []
        if tensors and (info.writes or "out" in op.kwargs):
            for tensor in tensors:
                self._about_to_write(tensor)
        self._add(op)
        outer, self.current = self.current, op
        op.seq0 = op.seq1 = sequence_number()
        try:
            out = function(*args, **kwargs) if kwargs else function(*args)
        except BaseException as error:
            op.error = (type(error).__name__, str(error))
            self.broken.append((id(error), op, op.call))
            raise
        finally:
            self.current = outer
        op.seq1 = sequence_number()
        self._written(op, info, tensors, out)
        made = [out] if type(out) is Tensor else tensors_of(out)
        if op.call is not None and not op.written and not info.writes:
            for tensor, held in zip(tensors, op.operands, strict=True):
                if any(tensor is result for result in made):
                    op.call.rebound.append((id(tensor), held))
        op.results = [self.hold(t, "op", op) for t in made]
        if info.below:
            for held in (*op.results, *op.written):
                held.version = UNCOUNTED
        return out

    def _template(self, value: Any, tensors: list[Tensor]) -> Any:
        kind = type(value)
        if kind is Tensor or kind is Parameter or isinstance(value, Tensor):
            tensors.append(value)
            return OPERANDS[len(tensors) - 1] if len(tensors) <= len(OPERANDS) else OperandAt(len(tensors) - 1)
        if kind in SCALARS:
            return value
        if isinstance(value, (list, tuple)):
            items = [self._template(item, tensors) for item in value]
            return items if isinstance(value, list) else tuple(items)  # an index that is a list is no tuple
        if isinstance(value, dict):
            return {key: self._template(item, tensors) for key, item in value.items()}
        return value

    def _written(self, op: Op, info: Operation, tensors: list[Tensor], out: Any) -> None:
        if info.below and not info.writes:
            return
        targets = schema_writes(op) if info.below else ()
        for place, tensor in enumerate(tensors):
            held = op.operands[place]
            try:
                now = tensor._version
            except RuntimeError:
                now = -1
            if now == held.version and not info.writes:
                continue
            told = place in targets or (place == 0 and info.writes and uncounted(tensor, held.version))
            if now != held.version or told:
                self.wrote(held, op)
                if tensor is not out:
                    op.written.append(self.hold(tensor, "written", op, held.name, held))


def uncounted(tensor: Tensor, count: int) -> bool:
    """Whether writes to a tensor leave its count as it is: inference tensors, and the wrappers of vmap and its like."""
    return count < 0 or compat.functorch_base(tensor) is not tensor


def schema_writes(op: Op) -> set[int]:
    """Places of the operands that an aten operation writes, as its schema says."""
    found = set()
    schema: Any = getattr(op.function, "_schema", None)
    for argument, place in zip(schema.arguments, op.args, strict=False):
        if isinstance(place, OperandAt) and argument.alias_info is not None and argument.alias_info.is_write:
            found.add(place.index)
    return found
