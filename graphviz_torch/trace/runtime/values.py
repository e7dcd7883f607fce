"""The tensors of a run: which value each of them is, also after a write through another view of its memory.

Tensors are known by `id`, guarded by a weak reference, so that nothing is kept alive. Memory is known by its storage
object, so that a view read after its base was written finds the writer.
"""

from __future__ import annotations

from collections.abc import Collection
from weakref import ref

import torch

from graphviz_torch.trace import compat
from graphviz_torch.trace.metadata import strides
from graphviz_torch.trace.runtime.memory import Geometry, geometry
from graphviz_torch.trace.runtime.records import Held, Op
from graphviz_torch.trace.runtime.writes import MOST_WRITES, Write, last_writers
from graphviz_torch.trace.statics import Statics

Tensor = torch.Tensor
UNCOUNTED = -2
WITHOUT_MEMORY = (RuntimeError, NotImplementedError, ValueError)  # sparse, nested and uninitialised tensors


class Values:
    """Finds the value of any tensor that a run hands over."""

    def __init__(self, statics: Statics) -> None:
        self._statics = statics
        self._leaves = statics.leaves
        # The latest value of each tensor, by its `id`, and the first value in each storage, by that of the storage.
        self._live: dict[int, Held] = {}
        self._memory: dict[int, Held] = {}
        self._writes: dict[int, list[Write]] = {}
        # The value of the gradient that the last backward pass left, by the `id` of what it is of.
        self.gradients: dict[int, Held] = {}
        # Operations that handed memory to NumPy, with the memory and what was in it.
        self.arrays: list[tuple[Op, Tensor, Tensor]] = []
        self.notes: list[tuple[str, Held | Op | None, str]] = []

    def hold(self, tensor: Tensor, source: str, op: Op | None, name: str = "", previous: Held | None = None) -> Held:
        """A new value for a tensor."""
        held = Held()
        held.id = None
        held.source, held.op, held.name, held.previous = source, op, name, previous
        held.dtype, held.device, held.grad = tensor.dtype, tensor.device, tensor.requires_grad
        try:
            held.shape, held.stride, held.version = tensor.shape, tensor.stride(), tensor._version
        except WITHOUT_MEMORY:
            held.shape, held.stride, held.version = _shape(tensor), strides(tensor), version(tensor)
        try:
            storage = tensor.untyped_storage()
            key = held.storage = id(storage)
            first = self._memory.get(key)
            if first is None or first.memory() is not storage:
                self._begin(storage, held)
        except WITHOUT_MEMORY:
            held.storage = self._base_storage(tensor, held)
        held.ref = ref(tensor)
        self._live[id(tensor)] = held
        return held

    def operand(self, tensor: Tensor, region: Geometry | None = None) -> Held:
        """The value of a tensor that is read now: a new one, made by the writer, where its memory was written since.

        Args:
            region: the part of it that counts, where that is not the whole.
        """
        held = self._live.get(id(tensor))
        if held is None or held.ref() is not tensor:
            held = self.find(tensor)
        if self._writes:
            writes = self._writes.get(held.storage)
            if writes is not None:
                return self._after(writes, tensor, held, region)
        try:
            if tensor._version == held.version:
                return held
        except RuntimeError:
            if held.version == -1:
                return held
        return self._rewritten(tensor, held, version(tensor))

    def _after(self, writes: list[Write], tensor: Tensor, held: Held, region: Geometry | None) -> Held:
        """The value of a tensor in memory that was written."""
        made = -1 if held.op is None else held.op.id
        if writes[-1].op.id <= made and region is None:
            now = version(tensor)
            return held if now == held.version else self._rewritten(tensor, held, now)
        base = _base(held, tensor)
        writers = last_writers(writes, region or geometry(tensor), -1 if base.op is None else base.op.id)
        if not writers:
            return counted(held if region is None else base, tensor)
        parts = [self._written_by(writer, tensor, base) for writer in writers]
        found = parts[0] if len(parts) == 1 else self._joined(tensor, base, parts)
        self._live[id(tensor)] = held if region is not None else found
        return found

    def _written_by(self, write: Write, tensor: Tensor, base: Held) -> Held:
        """The value of a tensor after one write to it or a part of it."""
        for kept in write.values:
            if kept.ref() is tensor:
                return counted(kept, tensor)
        found = self.hold(tensor, "written", write.op, base.name, base)
        found.partial = True
        write.values.append(found)
        return found

    def _joined(self, tensor: Tensor, base: Held, parts: list[Held]) -> Held:
        """The value of a tensor whose parts were written apart from each other."""
        found = self.hold(tensor, "parts", parts[-1].op, base.name, base)
        found.parts, found.partial = parts, len(parts) < MOST_WRITES
        return found

    def known(self, tensor: Tensor) -> Held | None:
        """The latest value of a tensor that the run met."""
        held = self._live.get(id(tensor))
        return held if held is not None and held.ref() is tensor else None

    def find(self, tensor: Tensor) -> Held:
        """The value of a tensor that was not met yet; made up where nobody knows it."""
        held = self.known(tensor)
        if held is not None:
            return held
        leaf = self._leaves.get(id(tensor))
        if leaf is not None and leaf[1] is tensor:
            return self.hold(tensor, leaf[0], None, leaf[2])
        base = compat.functorch_base(tensor)
        if base is not tensor:
            return self.again(tensor, self.find(base))
        shared = self._sharing(tensor)
        if shared is not None:
            return self.again(tensor, shared)
        attribute = self._statics.attribute_path(tensor)
        return self.hold(tensor, "constant" if attribute else "external", None, attribute)

    def again(self, tensor: Tensor, before: Held) -> Held:
        """A value that another tensor stands for."""
        return self.hold(tensor, "same", None, previous=before)

    def weights(self) -> list[Tensor]:
        """The parameters and buffers of the model."""
        return self._statics.tensors()

    def alive(self) -> list[Tensor]:
        """The tensors that the run has met and that somebody still holds."""
        return [tensor for tensor in [held.ref() for held in self._live.values()] if tensor is not None]

    def earlier(self, tensor: Tensor, known: Held) -> Held:
        """The value that a tensor had before it was handed over again, which started from a known one."""
        again, self._live[id(tensor)] = self._live[id(tensor)], known
        found = self.operand(tensor)
        self._live[id(tensor)] = again
        return found

    def unbind(self, rebound: list[tuple[int, Held]], returned: Collection[int]) -> None:
        """Gives tensors their earlier value back after a call in which an operation returned its own operand.

        `x.to(dtype)` that has nothing to do returns `x` itself. Inside the call its readers read the operation; what
        reads `x` after the call never went through it, unless the call returned it.
        """
        for key, before in reversed(rebound):
            now = self._live.get(key)
            if now is None or key in returned or now.ref() is None or now.ref() is not before.ref():
                continue
            if now.source == "op" and now.version == before.version and now.storage == before.storage:
                self._live[key] = before

    def wrote(self, held: Held, tensor: Tensor, op: Op, region: Geometry | None = None) -> Write | None:
        """Notes that an operation wrote the memory of a value, or a part of it."""
        if not held.storage:
            return None
        write = Write(op, region or geometry(tensor), [])
        self._writes.setdefault(held.storage, []).append(write)
        return write

    @property
    def wrote_memory(self) -> bool:
        """Whether any memory was written."""
        return bool(self._writes)

    def writes_to(self, held: Held) -> list[Write]:
        """The writes into the memory of a value."""
        return self._writes.get(held.storage, [])

    def crowded(self, held: Held) -> bool:
        """Whether so many operations wrote the memory of a value that the next is linked to all that came before.

        Otherwise a loop that fills a tensor row by row would look through all rows for each.
        """
        writes = self._writes.get(held.storage, ())
        made = -1 if held.op is None else held.op.id
        return len(writes) > MOST_WRITES and writes[-MOST_WRITES].op.id > made

    def _rewritten(self, tensor: Tensor, held: Held, now: int) -> Held:
        if held.version == UNCOUNTED:
            held.version = now
            return held
        given = self._sharing(tensor, held.storage)
        if given is not None:  # `set_`, which no mode sees: the memory is another value's now
            return self.hold(tensor, "same", None, previous=given)
        fresh = self.hold(tensor, "same", None, previous=held)
        self.notes.append(("unseen_write", held, "written by something that the tracer did not see"))
        return fresh

    def _begin(self, storage: torch.UntypedStorage, held: Held) -> None:
        """Notes the first value in a storage; another storage may have had its `id` before."""
        held.memory = ref(storage)
        self._memory[id(storage)] = held
        if self._writes:
            self._writes.pop(id(storage), None)

    def _base_storage(self, tensor: Tensor, held: Held) -> int:
        """The key of the memory under a wrapper of vmap and its like; 0 for sparse and other tensors without."""
        base = compat.functorch_base(tensor)
        if base is tensor:
            return 0
        try:
            storage = base.untyped_storage()
        except WITHOUT_MEMORY:
            return 0
        first = self._memory.get(id(storage))
        if first is None or first.memory() is not storage:
            self._begin(storage, held)
        return id(storage)

    def _sharing(self, tensor: Tensor, beside: int = 0) -> Held | None:
        """A value in the same memory: of the same storage, or at the same address after a detour without a copy.

        Args:
            beside: the key of a storage that is not meant.
        """
        try:
            storage = tensor.untyped_storage()
            if id(storage) == beside:
                return None
            first = self._memory.get(id(storage))
            if first is not None and first.memory() is storage:
                return first
            address = storage.data_ptr() if tensor.device.type == "cpu" else 0
        except WITHOUT_MEMORY:
            return None
        return self._at(address) if address else None

    def _at(self, address: int) -> Held | None:
        for first in self._memory.values():
            other = first.memory()
            if other is not None and other.device.type == "cpu" and other.data_ptr() == address:
                return first
        return None


def _base(held: Held, tensor: Tensor) -> Held:
    """The value of a tensor before parts of it were written."""
    while getattr(held, "partial", False) and held.previous is not None and held.previous.ref() is tensor:
        held = held.previous
    return held


def counted(held: Held, tensor: Tensor) -> Held:
    """The value of a tensor that was not written, though its count says so: views count the writes to each other."""
    if not hasattr(held, "first"):
        held.first = held.version
    held.version = version(tensor)
    return held


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
