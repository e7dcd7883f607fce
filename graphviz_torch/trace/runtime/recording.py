"""The recorder: notes what runs, as it runs, at the least cost; all that can wait is left to the assembly."""

from __future__ import annotations

from collections.abc import Callable
from sys import _getframe
from typing import Any

import torch
from torch import is_grad_enabled
from torch.nn.parameter import Parameter

from graphviz_torch.ir.graph import CallKind
from graphviz_torch.trace import compat
from graphviz_torch.trace.compat import sequence_number
from graphviz_torch.trace.runtime.operations import Operation
from graphviz_torch.trace.runtime.places import is_user, user_place
from graphviz_torch.trace.runtime.records import Call, Held, Op, OperandAt
from graphviz_torch.trace.runtime.structures import SCALARS, tensors_of
from graphviz_torch.trace.runtime.values import UNCOUNTED, Values
from graphviz_torch.trace.statics import Statics

Tensor = torch.Tensor
OPERANDS = tuple(OperandAt(place) for place in range(64))


class Recorder(Values):
    """The record of one run on one thread.

    Attributes:
        events: `("op", Op)`, `("enter", Call)` and `("leave", Call)` in the order in which they happened.
        current: the operation that is running now; what it calls is its own affair.
        broken: every operation and call that raised, innermost first, with the `id` of the exception.
    """

    def __init__(self, statics: Statics, about_to_write: Callable[[Tensor], None]) -> None:
        super().__init__(statics)
        self._about_to_write = about_to_write
        self.ops: list[Op] = []
        self.events: list[tuple[str, Any]] = []
        self.stack: list[Call] = []
        self.current: Op | None = None
        self.broken: list[tuple[int, Op | None, Call | None]] = []
        self._counts: dict[int, int] = {}
        self._in_torch: dict[type, bool] = {}

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
        op.call = call = self.stack[-1] if self.stack else None
        op.place = None if call is not None and call.in_torch else user_place(_getframe(2))
        op.grad_mode = is_grad_enabled()
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
            self.broken.append((id(error), op, call))
            raise
        finally:
            self.current = outer
        op.seq1 = sequence_number()
        self._written(op, info, tensors, out)
        made = [out] if type(out) is Tensor else tensors_of(out)
        if call is not None and not op.written and not info.writes:
            for tensor, held in zip(tensors, op.operands, strict=True):
                if any(tensor is result for result in made):
                    call.rebound.append((id(tensor), held))
        op.results = [self.hold(t, "op", op) for t in made]
        if info.below:
            for held in (*op.results, *op.written):
                held.version = UNCOUNTED
        return out

    def _add(self, op: Op) -> None:
        op.id = len(self.ops)
        self.ops.append(op)
        self.events.append(("op", op))

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

    # ---- calls

    def enter(self, module: Any, args: Any, kwargs: Any, kind: CallKind = "module", name: str = "") -> Call:
        """Opens a call."""
        call = Call()
        call.parent = parent = self.stack[-1] if self.stack else None
        call.module, call.kind, call.name, call.error = module, kind, name, None
        paths = self._statics.paths.get(id(module)) if kind != "autograd_function" else None
        call.path = paths[0] if paths else (parent.path if parent else "")
        if not paths and kind == "module":
            call.kind, call.name = "inferred", type(module).__name__
        call.count = self._counts.get(id(module), 0)
        self._counts[id(module)] = call.count + 1
        call.operands = [self.operand(t) for t in tensors_of((args, kwargs))]
        call.in_torch = kind == "module" and self._forward_in_torch(module)
        call.place = None if parent is not None and parent.in_torch else user_place(_getframe(2))
        call.rebound = []
        call.results, call.first, call.last = [], len(self.ops), len(self.ops)
        self.stack.append(call)
        self.events.append(("enter", call))
        return call

    def leave(self, call: Call, out: Any) -> None:
        """Closes a call that returned."""
        tensors = list({id(t): t for t in tensors_of(out)}.values())
        for tensor in tensors:
            held = self.operand(tensor)
            if held.source == "external" and call.operands:
                held = self._synthetic(call, "opaque", list(call.operands), tensor)
            elif len(self.ops) == call.first:
                held = self._synthetic(call, "passthrough", [held], tensor)
            call.results.append(held)
        self.unbind(call.rebound, {id(tensor) for tensor in tensors})
        self._close(call)

    def broke(self, call: Call, error: BaseException) -> None:
        """Closes a call that raised."""
        call.error = (type(error).__name__, str(error))
        self.broken.append((id(error), None, call))
        self._close(call)

    def _close(self, call: Call) -> None:
        call.last = len(self.ops)
        self.stack.pop()
        self.events.append(("leave", call))

    def _synthetic(self, call: Call, name: str, operands: list[Held], tensor: Tensor) -> Held:
        op = Op()
        op.info, op.function, op.name, op.error, op.written = None, None, name, None, []
        op.args, op.kwargs, op.operands, op.call = [OperandAt(i) for i in range(len(operands))], {}, operands, call
        op.place, op.grad_mode, op.seq0, op.seq1 = None, True, 0, 0
        self._add(op)
        held = self.hold(tensor, "op", op, previous=operands[0] if name == "passthrough" else None)
        op.results = [held]
        if name == "opaque":
            self.notes.append(("opaque", op, "what happens inside was not seen"))
        return held

    def _forward_in_torch(self, module: Any) -> bool:
        kind = type(module)
        known = self._in_torch.get(kind)
        if known is None:
            try:
                code = getattr(kind.forward, "__code__", None)
            except (AttributeError, RuntimeError):  # TorchScript answers for no Python code
                code = None
            known = self._in_torch[kind] = code is not None and not is_user(code)
        return known and "forward" not in module.__dict__


def uncounted(tensor: Tensor, count: int) -> bool:
    """Whether writes to a tensor leave its count as it is: inference tensors, and the wrappers of vmap and its like."""
    return count < 0 or compat.functorch_base(tensor) is not tensor


def schema_writes(op: Op) -> set[int]:
    """Places of the operands that an aten operation writes, as its schema says."""
    found = set()
    schema: Any = getattr(op.function, "_schema", None)
    for argument, place in zip(schema.arguments if schema is not None else (), op.args, strict=False):
        if isinstance(place, OperandAt) and argument.alias_info is not None and argument.alias_info.is_write:
            found.add(place.index)
    return found
