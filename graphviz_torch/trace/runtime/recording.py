"""The recorder: notes what runs, as it runs, at the least cost; all that can wait is left to the assembly.

Tensors are known by `id`, guarded by a weak reference, so that nothing is kept alive. Memory is known by its storage
object, so that a view read after its base was written finds the writer.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from sys import _getframe
from typing import Any

import torch
from torch.nn.parameter import Parameter

from graphviz_torch.ir.graph import CallKind
from graphviz_torch.trace import compat
from graphviz_torch.trace.metadata import strides
from graphviz_torch.trace.runtime.operations import Operation
from graphviz_torch.trace.runtime.places import is_user, user_place
from graphviz_torch.trace.runtime.records import Call, Held, Op, OperandAt
from graphviz_torch.trace.runtime.structures import SCALARS, tensors_of

Tensor = torch.Tensor
UNCOUNTED = -2


class Recorder:
    """The record of one run on one thread."""

    def __init__(self, leaves: dict[int, tuple[str, Tensor, str]], paths: dict[int, str]) -> None:
        self.leaves = leaves
        self.paths = paths
        self.ops: list[Op] = []
        self.calls: list[Call] = []
        self.events: list[tuple[str, Any]] = []
        self.stack: list[Call] = []
        self.current: Op | None = None
        self.notes: list[tuple[str, Any, str]] = []
        self.failed: tuple[Op | None, Call | None] | None = None
        self._live: dict[int, tuple[weakref.ref[Tensor], Held]] = {}
        self._memory: dict[int, list[Any]] = {}
        self._writes = False
        self._counts: dict[int, int] = {}
        self._in_torch: dict[type, bool] = {}

    # ---- tensors

    def hold(self, tensor: Tensor, source: str, op: Op | None, name: str = "", previous: Held | None = None) -> Held:
        """A new value for a tensor."""
        held = Held()
        held.id = None
        held.source, held.op, held.name, held.previous = source, op, name, previous
        try:
            held.shape, held.dtype, held.device, held.grad = (
                tensor.shape,
                tensor.dtype,
                tensor.device,
                tensor.requires_grad,
            )
            held.stride = strides(tensor)
        except (RuntimeError, ValueError):  # nested and uninitialised tensors have no sizes
            held.shape, held.dtype, held.device, held.grad = None, tensor.dtype, tensor.device, tensor.requires_grad
            held.stride = None
        held.version = version(tensor)
        held.storage = self._remember(tensor, held)
        self._live[id(tensor)] = (weakref.ref(tensor), held)
        return held

    def find(self, tensor: Tensor) -> Held:
        """The value of a tensor that the run hands over; made up where it was never seen."""
        entry = self._live.get(id(tensor))
        if entry is not None and entry[0]() is tensor:
            return entry[1]
        leaf = self.leaves.get(id(tensor))
        if leaf is not None and leaf[1] is tensor:
            return self.hold(tensor, leaf[0], None, leaf[2])
        base = compat.functorch_base(tensor)
        if base is not tensor:
            return self.hold(tensor, "same", None, previous=self.find(base))
        shared = self._sharing(tensor)
        if shared is not None:
            return self.hold(tensor, "same", None, previous=shared)
        return self.hold(tensor, "external", None)

    def first(self, tensor: Tensor) -> Held:
        """The value under which an input came in, before any write."""
        held = self._live[id(tensor)][1]
        while held.previous is not None:
            held = held.previous
        return held

    def _remember(self, tensor: Tensor, held: Held) -> int:
        try:
            storage = compat.functorch_base(tensor).untyped_storage()
        except (RuntimeError, NotImplementedError, ValueError):  # sparse, nested and uninitialised tensors have none
            return 0
        key = id(storage)
        entry = self._memory.get(key)
        if entry is None or entry[0]() is not storage:
            self._memory[key] = [weakref.ref(storage), held, None]
        return key

    def _sharing(self, tensor: Tensor) -> Held | None:
        try:
            storage = tensor.untyped_storage()
            entry = self._memory.get(id(storage))
            if entry is not None and entry[0]() is storage:
                return entry[1]
            address = storage.data_ptr() if tensor.device.type == "cpu" else 0
            if not address:
                return None
            for entry in self._memory.values():
                other = entry[0]()
                if other is not None and other.device.type == "cpu" and other.data_ptr() == address:
                    return entry[1]
        except (RuntimeError, NotImplementedError, ValueError):
            return None
        return None

    def operand(self, tensor: Tensor) -> Held:
        """The value of a tensor that is read now: a new one, made by the writer, where its memory was written since."""
        entry = self._live.get(id(tensor))
        held = entry[1] if entry is not None and entry[0]() is tensor else self.find(tensor)
        memory = self._memory.get(held.storage) if self._writes else None
        writer = memory[2] if memory else None
        if writer is not None and (held.op is None or held.op.id < writer.id):
            return self.hold(tensor, "written", writer, held.name, held)
        if held.version == UNCOUNTED:
            held.version = version(tensor)
        elif version(tensor) != held.version:  # written by something that was not seen
            fresh = self.hold(tensor, held.source, held.op, held.name, held.previous)
            fresh.id = held.id
            self.notes.append(("unseen_write", held, "written by something that the tracer did not see"))
            return fresh
        return held

    # ---- operations

    def run(self, info: Operation, function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """Runs one operation and records it."""
        tensors: list[Tensor] = []
        op = Op()
        op.info, op.function, op.name, op.error, op.written = info, function, info.name, None, ()
        op.args = [self._template(a, tensors) for a in args]
        op.kwargs = {k: self._template(a, tensors) for k, a in kwargs.items()} if kwargs else {}
        op.operands = [self.operand(t) for t in tensors]
        before = [version(t) for t in tensors]
        op.call = call = self.stack[-1] if self.stack else None
        op.place = None if call is not None and call.in_torch else user_place(_getframe(2))
        op.grad_mode = torch.is_grad_enabled()
        op.results = ()
        op.id = len(self.ops)
        self.ops.append(op)
        self.events.append(("op", op))
        outer, self.current = self.current, op
        op.seq0 = compat.sequence_number()
        try:
            out = function(*args, **kwargs) if kwargs else function(*args)
        except BaseException as error:
            op.error = (type(error).__name__, str(error))
            self.failed = self.failed or (op, call)
            op.seq1, self.current = op.seq0, outer
            raise
        op.seq1 = compat.sequence_number()
        self.current = outer
        self._written(op, tensors, before, out)
        op.results = [self.hold(t, "op", op) for t in tensors_of(out)]
        if info.below:
            for held in (*op.results, *op.written):
                held.version = UNCOUNTED
        return out

    def _template(self, value: Any, tensors: list[Tensor]) -> Any:
        kind = type(value)
        if kind is Tensor or kind is Parameter:
            tensors.append(value)
            return OperandAt(len(tensors) - 1)
        if kind in SCALARS:
            return value
        if isinstance(value, Tensor):
            tensors.append(value)
            return OperandAt(len(tensors) - 1)
        if isinstance(value, (list, tuple)):
            items = [self._template(item, tensors) for item in value]
            return items if isinstance(value, list) else tuple(items)  # an index that is a list is no tuple
        if isinstance(value, dict):
            return {key: self._template(item, tensors) for key, item in value.items()}
        return value

    def _written(self, op: Op, tensors: list[Tensor], before: list[int], out: Any) -> None:
        written = []
        if op.info.below and not op.info.writes:
            return
        targets = schema_writes(op) if op.info.below else ()
        for place, tensor in enumerate(tensors):
            unversioned = before[place] < 0 and place == 0 and op.info.writes
            if place not in targets and not unversioned and version(tensor) == before[place]:
                continue
            memory = self._memory.get(op.operands[place].storage)
            if memory is not None:
                memory[2] = op
                self._writes = True
            if tensor is not out:
                written.append(self.hold(tensor, "written", op, op.operands[place].name, op.operands[place]))
        op.written = written

    # ---- calls

    def enter(self, module: Any, args: Any, kwargs: Any, kind: CallKind = "module", name: str = "") -> Call:
        """Opens a call."""
        call = Call()
        call.parent = parent = self.stack[-1] if self.stack else None
        call.module, call.kind, call.name, call.error = module, kind, name, None
        path = self.paths.get(id(module)) if kind != "autograd_function" else None
        call.path = path if path is not None else (parent.path if parent else "")
        if path is None and kind == "module":
            call.kind, call.name = "inferred", type(module).__name__
        call.count = self._counts.get(id(module), 0)
        self._counts[id(module)] = call.count + 1
        call.operands = [self.operand(t) for t in tensors_of((args, kwargs))]
        call.in_torch = kind == "module" and self._forward_in_torch(module)
        call.place = None if parent is not None and parent.in_torch else user_place(_getframe(2))
        call.results, call.first, call.last = [], len(self.ops), len(self.ops)
        call.id = None
        self.calls.append(call)
        self.stack.append(call)
        self.events.append(("enter", call))
        return call

    def leave(self, call: Call, out: Any) -> None:
        """Closes a call that returned."""
        tensors = list({id(t): t for t in tensors_of(out)}.values())
        for tensor in tensors:
            held = self.operand(tensor)
            if (
                held.source in ("external", "same")
                and held.op is None
                and call.operands
                and not self._known(held, call)
            ):
                held = self._synthetic(call, "opaque", list(call.operands), tensor)
            elif (len(self.ops) == call.first and held.source != "op") or len(self.ops) == call.first:
                held = self._synthetic(call, "passthrough", [held], tensor)
            call.results.append(held)
        self._close(call)

    def broke(self, call: Call, error: BaseException) -> None:
        """Closes a call that raised."""
        call.error = (type(error).__name__, str(error))
        self.failed = self.failed or (None, call)
        self._close(call)

    def _close(self, call: Call) -> None:
        call.last = len(self.ops)
        self.stack.pop()
        self.events.append(("leave", call))

    def _known(self, held: Held, call: Call) -> bool:
        return held.source == "same" and held.previous is not None

    def _synthetic(self, call: Call, name: str, operands: list[Held], tensor: Tensor) -> Held:
        op = Op()
        op.info, op.function, op.name, op.error, op.written = None, None, name, None, ()
        op.args, op.kwargs, op.operands, op.call = [OperandAt(i) for i in range(len(operands))], {}, operands, call
        op.place, op.grad_mode, op.seq0, op.seq1 = None, True, 0, 0
        op.id = len(self.ops)
        self.ops.append(op)
        self.events.append(("op", op))
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


def schema_writes(op: Op) -> set[int]:
    """Places of the operands that an aten operation writes, as its schema says."""
    found = set()
    for argument, place in zip(op.function._schema.arguments, op.args, strict=False):
        if isinstance(place, OperandAt) and argument.alias_info is not None and argument.alias_info.is_write:
            found.add(place.index)
    return found


def version(tensor: Tensor) -> int:
    """How often the memory was written in place; -1 for inference tensors, which do not count."""
    try:
        return tensor._version
    except RuntimeError:
        return -1
