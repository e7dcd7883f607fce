"""The tensors of a run: which value each of them is, also after a write through another view of its memory.

Tensors are known by `id`, guarded by a weak reference, so that nothing is kept alive. Memory is known by its storage
object, so that a view read after its base was written finds the writer.
"""

from __future__ import annotations

import weakref

import torch

from graphviz_torch.trace import compat
from graphviz_torch.trace.runtime.records import Held, Op
from graphviz_torch.trace.statics import Statics

Tensor = torch.Tensor
UNCOUNTED = -2
WITHOUT_MEMORY = (RuntimeError, NotImplementedError, ValueError)  # sparse, nested and uninitialised tensors


class Memory:
    """One storage: the first value that was seen in it, and the operation that wrote it last."""

    __slots__ = ("first", "storage", "writer")

    def __init__(self, storage: torch.UntypedStorage, first: Held) -> None:
        self.storage = weakref.ref(storage)
        self.first = first
        self.writer: Op | None = None


class Values:
    """Finds the value of any tensor that a run hands over."""

    def __init__(self, statics: Statics) -> None:
        self._statics = statics
        self._leaves = statics.leaves
        self._live: dict[int, tuple[weakref.ref[Tensor], Held]] = {}
        self._memory: dict[int, Memory] = {}
        self._writes = False
        self.notes: list[tuple[str, Held | Op, str]] = []

    def hold(self, tensor: Tensor, source: str, op: Op | None, name: str = "", previous: Held | None = None) -> Held:
        """A new value for a tensor."""
        held = Held()
        held.id = None
        held.source, held.op, held.name, held.previous = source, op, name, previous
        held.dtype, held.device, held.grad = tensor.dtype, tensor.device, tensor.requires_grad
        try:
            held.shape, held.stride = tensor.shape, tensor.stride()
        except WITHOUT_MEMORY:
            held.shape, held.stride = _shape(tensor), None
        held.version = version(tensor)
        held.storage = self._remember(tensor, held)
        self._live[id(tensor)] = (weakref.ref(tensor), held)
        return held

    def operand(self, tensor: Tensor) -> Held:
        """The value of a tensor that is read now: a new one, made by the writer, where its memory was written since."""
        entry = self._live.get(id(tensor))
        held = entry[1] if entry is not None and entry[0]() is tensor else self.find(tensor)
        if self._writes:
            memory = self._memory.get(held.storage)
            writer = memory.writer if memory is not None else None
            if writer is not None and (held.op is None or held.op.id < writer.id):
                return self.hold(tensor, "written", writer, held.name, held)
        try:
            now = tensor._version
        except RuntimeError:
            now = -1
        return held if now == held.version else self._rewritten(tensor, held, now)

    def find(self, tensor: Tensor) -> Held:
        """The value of a tensor that was not met yet; made up where nobody knows it."""
        entry = self._live.get(id(tensor))
        if entry is not None and entry[0]() is tensor:
            return entry[1]
        leaf = self._leaves.get(id(tensor))
        if leaf is not None and leaf[1] is tensor:
            return self.hold(tensor, leaf[0], None, leaf[2])
        base = compat.functorch_base(tensor)
        if base is not tensor:
            return self.hold(tensor, "same", None, previous=self.find(base))
        shared = self._sharing(tensor)
        if shared is not None:
            return self.hold(tensor, "same", None, previous=shared)
        attribute = self._statics.attribute_path(tensor)
        return self.hold(tensor, "constant" if attribute else "external", None, attribute)

    def unbind(self, rebound: list[tuple[int, Held]], returned: set[int]) -> None:
        """Gives tensors their earlier value back after a call in which an operation returned its own operand.

        `x.to(dtype)` that has nothing to do returns `x` itself. Inside the call its readers read the operation; what
        reads `x` after the call never went through it, unless the call returned it.
        """
        for key, before in reversed(rebound):
            entry = self._live.get(key)
            if entry is not None and key not in returned and entry[0]() is not None:
                now = entry[1]
                if now.source == "op" and now.version == before.version and now.storage == before.storage:
                    self._live[key] = (entry[0], before)

    def wrote(self, held: Held, op: Op) -> None:
        """Notes that an operation wrote the memory of a value."""
        memory = self._memory.get(held.storage)
        if memory is not None:
            memory.writer = op
            self._writes = True

    def _rewritten(self, tensor: Tensor, held: Held, now: int) -> Held:
        if held.version == UNCOUNTED:
            held.version = now
            return held
        fresh = self.hold(tensor, held.source, held.op, held.name, held.previous)
        fresh.id = held.id
        self.notes.append(("unseen_write", held, "written by something that the tracer did not see"))
        return fresh

    def _remember(self, tensor: Tensor, held: Held) -> int:
        try:
            storage = tensor.untyped_storage()
        except WITHOUT_MEMORY:
            base = compat.functorch_base(tensor)
            return 0 if base is tensor else self._remember(base, held)
        key = id(storage)
        memory = self._memory.get(key)
        if memory is None or memory.storage() is not storage:
            self._memory[key] = Memory(storage, held)
        return key

    def _sharing(self, tensor: Tensor) -> Held | None:
        """A value in the same memory: of the same storage, or at the same address after a detour without a copy."""
        try:
            storage = tensor.untyped_storage()
            memory = self._memory.get(id(storage))
            if memory is not None and memory.storage() is storage:
                return memory.first
            address = storage.data_ptr() if tensor.device.type == "cpu" else 0
        except WITHOUT_MEMORY:
            return None
        return self._at(address) if address else None

    def _at(self, address: int) -> Held | None:
        for memory in self._memory.values():
            other = memory.storage()
            if other is not None and other.device.type == "cpu" and other.data_ptr() == address:
                return memory.first
        return None


def version(tensor: Tensor) -> int:
    """How often the memory was written in place; -1 for inference tensors, which do not count."""
    try:
        return tensor._version
    except RuntimeError:
        return -1


def _shape(tensor: Tensor) -> torch.Size | None:
    try:
        return tensor.shape
    except WITHOUT_MEMORY:
        return None
