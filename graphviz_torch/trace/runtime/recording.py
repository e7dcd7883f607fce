"""The recorder: notes what runs, as it runs, at the least cost; all that can wait is left to the assembly."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from sys import _getframe
from types import FrameType
from typing import Any

import torch
from torch import is_grad_enabled
from torch.nn.parameter import Parameter

from graphviz_torch.trace.compat import sequence_number
from graphviz_torch.trace.runtime import aside, backward
from graphviz_torch.trace.runtime.calls import Calls
from graphviz_torch.trace.runtime.memory import Geometry, apart, indexed
from graphviz_torch.trace.runtime.operations import INDEXED, Operation
from graphviz_torch.trace.runtime.records import Call, Held, Op
from graphviz_torch.trace.runtime.storages import UNCOUNTED, version
from graphviz_torch.trace.runtime.structures import SCALARS, tensors_of
from graphviz_torch.trace.runtime.targets import counted_more, uncounted, written_places
from graphviz_torch.trace.runtime.templates import ALONE, NOTHING, Templates, named
from graphviz_torch.trace.statics import Statics

Tensor = torch.Tensor
ATEN = "torch.ops.aten."


class Recorder(Calls):
    """The record of one run on one thread.

    Attributes:
        current: the operation that is running now; what it calls is its own affair.
        before_backward: the gradients there were before the last backward pass.
        in_script: whether compiled code is running, which hands over aten operations alone.
        ambient: whether gradients and inference mode are on around the run.
    """

    def __init__(self, statics: Statics, about_to_write: Callable[[Tensor], None]) -> None:
        super().__init__(statics)
        self.about_to_write = about_to_write
        self._templates = Templates()
        self.current: Op | None = None
        self.in_script = False
        self.before_backward: backward.Gradients = []
        self.ambient = (torch.is_grad_enabled(), torch.is_inference_mode_enabled())

    def about_to_add_gradients(self) -> None:
        """Tells the guard of the gradients that a backward pass adds to, and notes them."""
        with torch._C.DisableTorchFunction():
            self.before_backward = backward.gradients(self)
            for _, grad, _ in self.before_backward:
                if grad is not None:
                    self.about_to_write(grad)

    def breaking(self, error: BaseException) -> tuple[Op | None, Call | None]:
        """The innermost operation and call that raised an exception, or that it was raised from."""
        found: tuple[Op | None, Call | None] = (None, None)
        chain: BaseException | None = error
        while chain is not None:
            for raised, op, call in self.broken:
                if raised is chain:
                    if op is not None:
                        return op, call
                    found = found if found[1] is not None else (None, call)
                    break
            chain = chain.__cause__ or (chain.__context__ if found[1] is None else None)
        return found

    # ---- operations

    def run(self, info: Operation, function: Callable[..., Any], args: Any, kwargs: Any) -> Any:  # noqa: C901 - see below
        """Runs one operation and records it; a fault of the recorder's own leaves it unrecorded.

        A small operation takes less time than what is noted of it, and a call of a function as long as five lines. So
        what is noted of the usual operation is written out here: it writes nothing as far as its name and arguments
        say, is given tensors by place and plain values, and returns one tensor.
        """
        if info.special or (kwargs and not SCALARS.issuperset(map(type, kwargs.values()))):
            return self._run_any(info, function, args, kwargs, _getframe(2))
        if info.choice is not None and info.choice.made(args, kwargs or NOTHING):
            return self._run_any(info, function, args, kwargs, _getframe(2))
        try:
            op = Op()
            op.info = info
            op.function = function
            op.name = info.name
            op.kwargs = dict(kwargs) if kwargs else NOTHING
            op.error = None
            op.results = op.written = ()
            tensors: Sequence[Tensor]
            if len(args) == 1 and type(args[0]) is Tensor:
                op.args, tensors = ALONE, args
            else:
                op.args, tensors = self._templates.positional(args)
            live, writes, versions = self._live, self._writes, 0
            op.operands = operands = []
            for tensor in tensors:
                held = live.get(id(tensor))
                version = tensor._version
                versions += version
                if held is None or held.version != version or writes or held.ref() is not tensor:
                    held = self.operand(tensor)
                operands.append(held)
            op.hook = hook = self.hook
            call = self.stack[-1] if self.stack else None
            frame = _getframe(2)
            code = frame.f_code
            if call is not None and hook is None and call.in_torch:
                op.call, op.place = call, None
            elif call is not None and hook is None and id(code) in call.forward:
                op.call, op.place = call, (code, frame.f_lasti)
            else:
                op.call, op.place = self._here(frame)
            op.id = len(self.ops)
            self.ops.append(op)
            self.events.append(op)
        except Exception:  # noqa: BLE001 - tensors that do not count their writes; or a fault, which is told there
            return self._run_any(info, function, args, kwargs, _getframe(2))
        self.current = op
        op.seq0 = first = sequence_number()
        try:
            out = function(*args, **kwargs) if kwargs else function(*args)
        except BaseException as error:
            self.current = None
            op.seq1, op.grad_mode, op.inference = first, is_grad_enabled(), torch.is_inference_mode_enabled()
            self._broke(op, error)
            raise
        self.current = None
        op.seq1 = last = sequence_number()
        op.grad_mode = last != first or is_grad_enabled()  # what made a node of autograd need not be asked
        if not op.grad_mode:
            op.inference = torch.is_inference_mode_enabled()
        try:
            for tensor in tensors:
                versions -= tensor._version
            if versions or info.aside or type(out) is not Tensor:
                self._ended(op, info, tensors, out)
            else:
                self._one_result(op, info, tensors, out)
        except Exception as fault:  # noqa: BLE001 - the user's model has to go on
            self._fault(op, info.name, fault)
        return out

    def _run_any(self, info: Operation, function: Callable[..., Any], args: Any, kwargs: Any, frame: FrameType) -> Any:
        """The same for all other operations."""
        try:
            op, tensors = self._started(info, function, args, kwargs, frame)
        except Exception as fault:  # noqa: BLE001 - the user's model has to go on
            return self._unrecorded(info, function, args, kwargs, fault)
        outer, self.current = self.current, op
        op.seq0 = sequence_number()
        try:
            out = function(*args, **kwargs) if kwargs else function(*args)
        except BaseException as error:
            op.seq1 = op.seq0
            self._broke(op, error)
            raise
        finally:
            self.current = outer
        op.seq1 = sequence_number()
        try:
            self._ended(op, info, tensors, out)
        except Exception as fault:  # noqa: BLE001 - the user's model has to go on
            self._fault(op, info.name, fault)
        return out

    def _started(
        self, info: Operation, function: Callable[..., Any], args: Any, kwargs: Any, frame: FrameType
    ) -> tuple[Op, Sequence[Tensor]]:
        """Notes an operation that is about to run, and finds the tensors that it is given.

        Args:
            frame: of the code that runs it.
        """
        op = Op()
        op.info = info
        op.function = function
        op.name = info.name
        op.error = None
        op.results = op.written = ()
        op.args, tensors = self._templates.positional(args)
        op.kwargs, tensors = named(kwargs, tensors) if kwargs else (NOTHING, tensors)
        op.operands = self._operands(op, info, tensors)
        op.hook = self.hook
        op.call, op.place = self._here(frame)
        op.grad_mode, op.inference = is_grad_enabled(), torch.is_inference_mode_enabled()
        op.id = len(self.ops)
        self.ops.append(op)
        self.events.append(op)
        return op, tensors

    def _operands(self, op: Op, info: Operation, tensors: Sequence[Tensor]) -> list[Held]:
        """The values that an operation reads that may write, or that is seen below autograd."""
        if info.below:
            self._below(op, info, tensors)
        if info.writes or "out" in op.kwargs or (info.choice is not None and info.choice.made(op.args, op.kwargs)):
            for tensor in tensors:
                self.about_to_write(tensor)
            if self.arrays:
                aside.about_to_write(self, tensors)
            return [self.operand(tensor, self._part(op, place, tensor)) for place, tensor in enumerate(tensors)]
        if op.name == "getitem" and self._writes:
            return [self.operand(tensor, self._part(op, place, tensor)) for place, tensor in enumerate(tensors)]
        return [self.operand(tensor) for tensor in tensors]

    def _below(self, op: Op, info: Operation, tensors: Sequence[Tensor]) -> None:
        """What is to be known of operands below autograd before they are looked up."""
        if op.name == "lift_fresh":
            self._lifted(tensors[0])
        elif info.writes and not info.op.startswith(ATEN):  # libraries count a write before they write
            for held in map(self.known, tensors):
                if held is not None and not self.writes_to(held):
                    held.version = UNCOUNTED

    def _lifted(self, tensor: Tensor) -> None:
        """What is lifted was just made of Python's numbers, or is an array that came back."""
        numbers = tensor.dim() == 0 or (self.current is not None and self.current.name == "tensor")
        if numbers and self.known(tensor) is None and self._sharing(tensor) is None:
            self.hold(tensor, "constant", None, "literal")

    def unknown(self, tensor: Tensor) -> Held:
        """As for all values; what is in it is looked at once more in the end."""
        held = super().unknown(tensor)
        if held.source == "external":
            outer, self.current = self.current, self.current or Op()
            with torch._C.DisableTorchFunction():
                aside.watch(self, held, held, tensor)
            self.current = outer
        return held

    def _part(self, op: Op, place: int, tensor: Tensor) -> Geometry | None:
        """What an index means of the tensor that it is applied to; `None` for all of it."""
        if place > 0 or op.name not in INDEXED or type(tensor) not in (Tensor, Parameter) or len(op.args) < 2:
            return None
        whole = self.geometry(tensor)
        held = self.find(tensor)
        if whole is None or (op.name == "setitem" and self.crowded(held)) or not held.storage:
            return None
        return indexed(whole, op.args[1])

    def _ended(self, op: Op, info: Operation, tensors: Sequence[Tensor], out: Any) -> None:
        if info.writes or (not info.below and counted_more(tensors, op.operands)):
            self._written(op, info, tensors, out)
        if type(out) is Tensor:
            self._one_result(op, info, tensors, out)
        elif out is not None:
            made = tensors_of(out)
            for place, tensor in enumerate(tensors):
                if any(tensor is result for result in made):
                    self._looked_at(op, place, tensor)
            op.results = [self.hold(tensor, "op", op) for tensor in made]
        if info.aside:
            aside.note(self, op, info, tensors)

    def _one_result(self, op: Op, info: Operation, tensors: Sequence[Tensor], out: Tensor) -> None:
        """Notes the one tensor that an operation returned."""
        if id(out) in self._live:  # as is every operand
            for place, tensor in enumerate(tensors):
                if tensor is out:
                    self._looked_at(op, place, tensor)
        held = self.hold(out, "op", op)
        op.results = (held,)
        if self._writes and held.storage in self._writes and not info.writes and "out" not in op.kwargs:
            self._picked(op, tensors, out, held.storage)

    def _picked(self, op: Op, tensors: Sequence[Tensor], out: Tensor, storage: int) -> None:
        """A view reads of its base what it shows; where there are several views, each is linked to all of the base."""
        place = self.geometry(out)
        for number, tensor in enumerate(tensors):
            if place is not None and tensor is not out and op.operands[number].storage == storage:
                op.operands[number] = self.operand(tensor, place)

    def _broke(self, op: Op, error: BaseException) -> None:
        op.error = (type(error).__name__, str(error))
        self.broken.append((error, op, op.call))

    def _looked_at(self, op: Op, place: int, tensor: Tensor) -> None:
        """Notes that an operation returned its own operand without having written it."""
        if op.call is not None and not op.written and not (op.info is not None and op.info.writes):
            op.call.rebound.append((id(tensor), op.operands[place]))

    def _unrecorded(
        self, info: Operation, function: Callable[..., Any], args: Any, kwargs: Any, fault: Exception
    ) -> Any:
        self._fault(None, info.name, fault)
        outer, self.current = self.current, self.current or Op()
        try:
            return function(*args, **(kwargs or NOTHING))
        finally:
            self.current = outer

    def _fault(self, op: Op | None, name: str, fault: Exception) -> None:
        """Notes what the recorder could not do."""
        self.notes.append(("untraced", op, f"`{name}` is not in the graph: {type(fault).__name__}: {fault}"))

    def _written(self, op: Op, info: Operation, tensors: Sequence[Tensor], out: Any) -> None:
        if info.below and (not info.writes or op.name == "set_"):
            return
        targets = written_places(op, info)
        made = tensors_of(out)
        for place, tensor in enumerate(tensors):
            held = op.operands[place]
            told = place in targets and (info.below or uncounted(tensor, held.version))
            if told or (version(tensor) != held.version and not self._beside(op, place, tensors, targets)):
                part = self._part(op, place, tensor) if op.name == "setitem" else None
                write = self.wrote(held, tensor, op, part)
                before = self._live.get(id(tensor))
                if not any(tensor is result for result in made):
                    fresh = self.hold(tensor, "written", op, held.name, held)
                    op.written = [*op.written, fresh]
                    if part is not None and write is not None and before is not None:  # other parts have other writers
                        write.values.append(fresh)
                        fresh.partial, self._live[id(tensor)] = True, before

    def _beside(self, op: Op, place: int, tensors: Sequence[Tensor], targets: set[int]) -> bool:
        """Whether an operand only shares its count of writes with those that were written, not its memory."""
        near = [target for target in targets if op.operands[target].storage == op.operands[place].storage]
        if place in targets or not near:
            return False
        tensor = tensors[place]
        return all(
            tensor is tensors[target] or apart(self.geometry(tensor), self.geometry(tensors[target])) for target in near
        )
