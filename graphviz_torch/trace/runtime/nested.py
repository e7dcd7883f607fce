"""Level `both`: every function is a region with the aten operations in it that it ran."""

from __future__ import annotations

from collections.abc import Callable
from sys import _getframe
from typing import Any

import torch

from graphviz_torch.trace import compat
from graphviz_torch.trace.compat import sequence_number
from graphviz_torch.trace.runtime import aside, backward
from graphviz_torch.trace.runtime.keeping import KeepingRecorder
from graphviz_torch.trace.runtime.operations import Operation
from graphviz_torch.trace.runtime.recording import Recorder
from graphviz_torch.trace.runtime.records import Call, Held, Leave, Op
from graphviz_torch.trace.runtime.structures import tensors_of
from graphviz_torch.trace.runtime.unwritten import EMPTY, has_contents
from graphviz_torch.trace.runtime.values import Values


class NestedRecorder(Recorder):
    """Records a function as the call of what it runs; as an operation where it runs nothing that is seen, or raises.

    What a function makes and writes is what the aten operations in it make and write.
    """

    def run(self, info: Operation, function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """As for every recorder."""
        if info.below:
            return super().run(info, function, args, kwargs)
        outer, self.current = self.current, Op()  # what the guard copies is no operation of the user's
        try:
            op, tensors = self._started(info, function, args, kwargs, _getframe(2))
        except Exception as fault:  # noqa: BLE001 - the user's model has to go on
            self.current = outer
            return self._unrecorded(info, function, args, kwargs, fault)
        place = len(self.events) - 1
        region = self._region(op)
        self.stack.append(region)
        self.current = op
        op.seq0 = op.seq1 = sequence_number()
        try:
            out = function(*args, **kwargs) if kwargs else function(*args)
        except BaseException as error:
            self._raised(op, place, error)
            raise
        finally:
            self.stack.remove(region)
            self.current = outer
        op.seq1 = sequence_number()
        self.current = Op()  # nor is what is copied for later
        try:
            if len(self.ops) == region.first:
                self._ended(op, info, tensors, out)
            else:
                self.events[place] = region
                self._consists(region, out)
                if op.name == "numpy":
                    aside.note(self, op, info, tensors)
        except Exception as fault:  # noqa: BLE001 - the user's model has to go on
            self._fault(op, info.name, fault)
        finally:
            self.current = outer
        return out

    def _region(self, op: Op) -> Call:
        region = Call()
        region.module, region.kind, region.name, region.parent = op, "operation", op.name, op.call
        region.path, region.count = (op.call.path, op.call.count) if op.call is not None else ("", 0)
        region.operands, region.results, region.rebound = op.operands, [], []
        region.in_torch, region.forward, region.method, region.error = True, frozenset(), None, None
        region.place, region.first, region.last = op.place, len(self.ops), len(self.ops)
        return region

    def _raised(self, op: Op, place: int, error: BaseException) -> None:
        """A function that raised is one operation, so that it can be explained in the user's words."""
        for inner in self.ops[op.id + 1 :]:
            inner.id = op.id  # what it wrote before counts as written by the function
        del self.ops[op.id + 1 :], self.events[place + 1 :]
        self.broken[:] = [told for told in self.broken if told[1] is None or told[1].id != op.id]
        op.error = (type(error).__name__, str(error))
        self.broken.append((error, op, op.call))

    def _consists(self, region: Call, out: Any) -> None:
        """Ends a function in which aten operations ran."""
        if region.module.info.op in backward.PASSES:
            gradients = backward.left(self)
            self.gradients.update({id(tensor): self.operand(grad) for tensor, grad in gradients})
            out = [grad for _, grad in gradients]
        for tensor in tensors_of(out):
            held = self._made(tensor)
            if held.source == "external" or self._filled_unseen(region, held):
                held = self._synthetic(region, "opaque", list(region.operands), tensor)
            elif held.op is not None and held.op.id >= region.first:  # autograd has only now its say
                held.settled(tensor)
            region.results.append(held)
        region.last = len(self.ops)
        self.events.append(Leave(region))

    def _filled_unseen(self, region: Call, held: Held) -> bool:
        """Whether a function that is no factory returns memory that was made without contents: it was filled in C++."""
        maker = held.op
        inside = maker is not None and maker.id > region.first and held.source == "op"
        return inside and maker is not None and maker.name in EMPTY and region.name not in EMPTY and has_contents(held)

    def _made(self, tensor: torch.Tensor) -> Held:
        """The value that a function returned; under the wrappers of vmap and its like lies what aten made."""
        known = self._live.get(id(tensor))
        base = compat.functorch_base(tensor)
        if base is tensor or (known is not None and known.ref() is tensor):
            return self.operand(tensor)
        return Values.again(self, tensor, self.operand(base))


class KeepingNestedRecorder(NestedRecorder, KeepingRecorder):
    """The same, and keeps what a replay needs."""
