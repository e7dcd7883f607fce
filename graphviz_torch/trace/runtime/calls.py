"""The calls of a run: modules, custom autograd functions, scripts, and methods of modules that were not called."""

from __future__ import annotations

from collections.abc import Iterable
from sys import _getframe
from types import FrameType
from typing import Any

import torch
from torch import nn

from graphviz_torch.ir.graph import CallKind
from graphviz_torch.trace.runtime.places import Frames, Method
from graphviz_torch.trace.runtime.records import Call, Held, HookRun, Leave, Op, OperandAt, Place
from graphviz_torch.trace.runtime.structures import tensors_of
from graphviz_torch.trace.runtime.values import Values
from graphviz_torch.trace.statics import Statics

Tensor = torch.Tensor
# What stands between every call of a module and what the tracer puts in the place of `_call_impl`.
CALLING = nn.Module.__call__.__code__
NOWHERE: frozenset[int] = frozenset()


class Calls(Values):
    """The tree of calls, as it grows.

    Attributes:
        events: operations, calls where they begin, and `Leave` where they end, in the order in which it happened.
        stack: the calls that are open now.
        hook: the forward hook that is running now.
        elsewhere: whether a module of the model was called in another thread meanwhile.
        followed: whether a method was called whose module was not.
        broken: every operation and call that raised, innermost first, with the exception; let go after the run.
    """

    def __init__(self, statics: Statics) -> None:
        super().__init__(statics)
        self.ops: list[Op] = []
        self.events: list[Op | Call | Leave] = []
        self.stack: list[Call] = []
        self.hook: HookRun | None = None
        self.elsewhere = False
        self.followed = False
        self.broken: list[tuple[BaseException, Op | None, Call | None]] = []
        self._counts: dict[int, int] = {}
        # Around what the recorder itself asks of tensors while a function mode is on; can be entered again and again.
        self._unseen = torch._C.DisableTorchFunction()
        self._frames = Frames()

    def forget(self) -> None:
        """Breaks the rings of the records: values know what made them, or all would stay until the next collection."""
        for op in self.ops:
            op.call, op.results, op.written = None, (), ()

    def kinds(self) -> Iterable[type]:
        """The classes of the modules that were called."""
        return self._frames.kinds()

    def knows(self, module: Any) -> bool:
        """Whether a module is part of the model."""
        return id(module) in self._statics.paths

    def enter(self, module: Any, args: Any, kwargs: Any, kind: CallKind = "module", name: str = "") -> Call:
        """Opens a call."""
        parent, place = self._here(_getframe(2 if kind == "module" else 3))
        call = self._call(module, kind, name, parent)
        call.place = place
        if kind == "module":
            paths = self._statics.paths.get(id(module))
            if paths is None:
                call.kind, call.name = "inferred", type(module).__name__
            else:
                call.path = paths[0]
            call.forward, own = self._frames.forward(type(module))
            call.in_torch = own and "forward" not in module.__dict__
        alone = len(args) == 1 and type(args[0]) is Tensor and not kwargs  # as nearly always
        tensors = args if alone else tensors_of((args, kwargs))
        if tensors:
            with self._unseen:
                for tensor in tensors:
                    call.operands.append(self.operand(tensor))
        return self._open(call)

    def leave(self, call: Call, out: Any) -> None:
        """Closes a call that returned."""
        if self.stack[-1] is not call:
            self._close_above(call)
        tensors = (out,) if type(out) is Tensor else {id(tensor): tensor for tensor in tensors_of(out)}.values()
        with self._unseen:
            if call.kind == "autograd_function":
                self._settled(tensors)
            for tensor in tensors:
                call.results.append(self._returned(call, tensor))
            if call.rebound:
                self.unbind(call.rebound, set(map(id, tensors)))
        self._close(call)

    def _settled(self, tensors: Iterable[Tensor]) -> None:
        """A custom function decides at its end whether its results need gradients, and counts what it marked dirty."""
        for tensor in tensors:
            held = self.known(tensor)
            if held is not None:
                held.settled(tensor)

    def _returned(self, call: Call, tensor: Tensor) -> Held:
        held = self.operand(tensor)
        if held.source == "external" and call.operands:
            return self._synthetic(call, "opaque", list(call.operands), tensor)
        return self._synthetic(call, "passthrough", [held], tensor) if len(self.ops) == call.first else held

    def broke(self, call: Call, error: BaseException) -> None:
        """Closes a call that raised."""
        self._close_above(call)
        call.error = (type(error).__name__, str(error))
        self.broken.append((error, None, call))
        self._close(call)

    def _call(self, module: Any, kind: CallKind, name: str, parent: Call | None) -> Call:
        call = Call()
        call.module = module
        call.kind = kind
        call.name = name
        call.parent = parent
        call.path = parent.path if parent is not None else ""
        call.count = count = self._counts.get(id(module), 0)
        self._counts[id(module)] = count + 1
        call.operands, call.results, call.rebound = [], [], []
        call.first = call.last = len(self.ops)
        call.error = call.method = None
        call.in_torch = False
        call.forward = NOWHERE
        return call

    def _open(self, call: Call) -> Call:
        self.stack.append(call)
        self.events.append(call)
        return call

    def _close(self, call: Call) -> None:
        call.last = len(self.ops)
        if call.method is not None and call.parent is not None:  # what a method returned was not seen
            call.parent.rebound.extend(call.rebound)
        self.stack.pop()
        self.events.append(Leave(call))

    def _close_above(self, call: Call | None) -> None:
        while self.stack and self.stack[-1] is not call:
            self._close(self.stack[-1])

    def _synthetic(self, call: Call | None, name: str, operands: list[Held], tensor: Tensor) -> Held:
        op = Op()
        op.info, op.function, op.name, op.error, op.written = None, None, name, None, ()
        op.args, op.kwargs, op.operands, op.call = [OperandAt(i) for i in range(len(operands))], {}, operands, call
        op.place, op.grad_mode, op.inference, op.hook, op.seq0, op.seq1 = None, True, False, self.hook, 0, 0
        self._add(op)
        held = self.hold(tensor, "op", op, previous=operands[0] if name == "passthrough" else None)
        op.results = [held]
        if name == "opaque":
            self.notes.append(("opaque", op, "what happens inside was not seen"))
        return held

    def synthetic(self, name: str, operands: list[Held], tensor: Tensor) -> Held:
        """An operation that no function of torch was called for, and what it made."""
        return self._synthetic(self.stack[-1] if self.stack else None, name, operands, tensor)

    def again(self, tensor: Tensor, before: Held) -> Held:
        """As for all values; where the shape is another, as where vmap begins and ends, a node says so."""
        if before.shape is None or self._writes.get(before.storage) or tensor.shape == before.shape:
            return super().again(tensor, before)
        return self.synthetic("alias", [before], tensor)

    def _add(self, op: Op) -> None:
        op.id = len(self.ops)
        self.ops.append(op)
        self.events.append(op)

    # ---- methods of modules that run without the module being called

    def _here(self, frame: FrameType | None) -> tuple[Call | None, Place | None]:
        """The innermost call around what happens now, and the place in the user's code.

        Args:
            frame: of the code that is running.
        """
        call = self.stack[-1] if self.stack else None
        if call is None or self.hook is not None:
            return call, self._frames.look(frame, NOWHERE)[0]
        if call.in_torch:
            return call, None
        if frame is not None and frame.f_code is CALLING:
            frame = frame.f_back
        if frame is not None and id(frame.f_code) in call.forward:
            return call, (frame.f_code, frame.f_lasti)
        base = call if call.method is None else _base(call)
        place, methods = self._frames.look(frame, base.forward)
        if methods or call is not base:
            call = self._follow(base, [method for method in reversed(methods) if self._foreign_to(base, method)])
        return call, place

    def _foreign_to(self, base: Call, method: Method) -> bool:
        """Whether a method is one of another module of the model than the one that is called."""
        around: Call | None = base
        while around is not None and around.kind != "module":
            around = around.parent
        return (around is None or method.module is not around.module) and self.knows(method.module)

    def _follow(self, base: Call, methods: list[Method]) -> Call:
        """Opens and closes calls of methods, so that those are open that are running; outermost first."""
        opened = self.stack[self.stack.index(base) + 1 :]
        same = 0
        while same < min(len(opened), len(methods)) and _goes_on(opened[same], methods[same]):
            opened[same].method = methods[same]
            same += 1
        self._close_above(opened[same - 1] if same else base)
        for method in methods[same:]:
            self._open_method(method)
        return self.stack[-1]

    def _open_method(self, method: Method) -> None:
        path = self._statics.paths[id(method.module)][0]
        call = self._call(method.module, "inferred", f"{path}.{method.name}" if path else method.name, self.stack[-1])
        call.path = path
        with self._unseen:
            call.operands = [self.operand(tensor) for tensor in tensors_of(method.given)]
        call.place = method.caller
        call.method = method
        self.followed = True
        self._open(call)


def _base(call: Call) -> Call:
    while call.method is not None and call.parent is not None:
        call = call.parent
    return call


def _goes_on(call: Call, method: Method) -> bool:
    """Whether an open call of a method is the one that is running now."""
    before = call.method
    assert before is not None, "only calls of methods are compared"
    same = before.module is method.module and before.code is method.code and before.activation == method.activation
    return same and method.follows(before.instruction)
