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
from graphviz_torch.trace.runtime.memory import Geometry, apart, geometry
from graphviz_torch.trace.runtime.records import Held, Op
from graphviz_torch.trace.statics import Statics

Tensor = torch.Tensor
Write = tuple[Op, Geometry | None]
UNCOUNTED = -2
MOST_WRITES = 64
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

    def operand(self, tensor: Tensor, whole: bool = False) -> Held:
        """The value of a tensor that is read now: a new one, made by the writer, where its memory was written since.

        Args:
            whole: whether a write anywhere in the memory counts, and not only where the tensor lies.
        """
        held = self._live.get(id(tensor))
        if held is None or held.ref() is not tensor:
            held = self.find(tensor)
        if self._writes:
            writes = self._writes.get(held.storage)
            if writes is not None:
                return self._after(writes, tensor, held, whole)
        try:
            if tensor._version == held.version:
                return held
        except RuntimeError:
            if held.version == -1:
                return held
        return self._rewritten(tensor, held, version(tensor))

    def _after(self, writes: list[Write], tensor: Tensor, held: Held, whole: bool) -> Held:
        """The value of a tensor in memory that was written."""
        made = -1 if held.op is None else held.op.id
        if writes[-1][0].id <= made:
            now = version(tensor)
            return held if now == held.version else self._rewritten(tensor, held, now)
        writer = writes[-1][0] if whole else _last_writer(writes, geometry(tensor), made)
        if writer is not None:
            return self.hold(tensor, "written", writer, held.name, held)
        held.version = version(tensor)  # views count the writes to each other
        return held

    def find(self, tensor: Tensor) -> Held:
        """The value of a tensor that was not met yet; made up where nobody knows it."""
        held = self._live.get(id(tensor))
        if held is not None and held.ref() is tensor:
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

    def wrote(self, held: Held, tensor: Tensor, op: Op) -> None:
        """Notes that an operation wrote the memory of a value."""
        if held.storage:
            self._writes.setdefault(held.storage, []).append((op, geometry(tensor)))

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


def _last_writer(writes: list[Write], place: Geometry | None, made: int) -> Op | None:
    """The last operation after `made` that wrote where a tensor lies; the search is not endless, then it is a guess."""
    writer = None
    for writer, written in reversed(writes[-MOST_WRITES:]):
        if writer.id <= made:
            return None
        if not apart(place, written):
            return writer
    return writer if len(writes) > MOST_WRITES else None


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
