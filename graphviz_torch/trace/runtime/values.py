"""The tensors of a run: which value each of them is, also after a write through another view of its memory.

Tensors are known by `id`, guarded by a weak reference, so that nothing is kept alive. Memory is known by its storage
object, so that a view read after its base was written finds the writer.
"""

from __future__ import annotations

from collections.abc import Collection
from weakref import ref

import torch

from graphviz_torch.trace import compat
from graphviz_torch.trace.metadata import key_of, kind_of
from graphviz_torch.trace.runtime.memory import Geometry
from graphviz_torch.trace.runtime.records import Array, Held, Op
from graphviz_torch.trace.runtime.storages import TAKING, UNCOUNTED, WITHOUT_MEMORY, Storages, maker, version
from graphviz_torch.trace.runtime.writes import MOST_WRITES, Write, last_writers
from graphviz_torch.trace.statics import Statics

Tensor = torch.Tensor


class Values(Storages):
    """Finds the value of any tensor that a run hands over."""

    def __init__(self, statics: Statics) -> None:
        super().__init__()
        self._statics = statics
        self._leaves = statics.leaves
        # The latest value of each tensor, by its `id`.
        self._live: dict[int, Held] = {}
        # The value of the gradient that the last backward pass left, by the `id` of what it is of.
        self.gradients: dict[int, Held] = {}
        # What may be written from outside of torch.
        self.arrays: list[Array] = []
        self.notes: list[tuple[str, Held | Op | None, str]] = []

    def hold(self, tensor: Tensor, source: str, op: Op | None, name: str = "", previous: Held | None = None) -> Held:
        """A new value for a tensor."""
        held = Held()
        held.source = source
        held.op = op
        held.name = name
        held.previous = previous
        held.id = held.first = None
        held.begins = False
        try:
            held.key = kind_of(tensor), tensor.stride()
            held.version = tensor._version
        except WITHOUT_MEMORY:
            held.key = key_of(tensor)
            held.version = version(tensor)
        try:
            storage = tensor.untyped_storage()
            key = held.storage = id(storage)
            first = self._memory.get(key)
            if first is None or first.memory() is not storage:
                held.memory = ref(storage)
                held.begins = True
                self._memory[key] = held
                if self._writes or self._left or source == "same" or (op is not None and op.name in TAKING):
                    self._begun(storage, held)
            elif first.storage != key:
                held.storage = first.storage
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
            held = self._met(tensor)
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
        return self._rewritten(tensor, held, region)

    def _after(self, writes: list[Write], tensor: Tensor, held: Held, region: Geometry | None) -> Held:
        """The value of a tensor in memory that was written."""
        made, same = maker(held), version(tensor) == held.version
        if same and writes[-1].op.id <= made and region is None:
            return held
        if not same and (writes[-1].op.id <= made or self.moved(tensor, held)):
            return self._rewritten(tensor, held, region)
        base = _base(held, tensor)
        writers = last_writers(writes, region or self.geometry(tensor), maker(base))
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
        """The value of a tensor, also of one that was not met yet; made up where nobody knows it."""
        return self.known(tensor) or self._met(tensor)

    def _met(self, tensor: Tensor) -> Held:
        """The value of a tensor that is met for the first time."""
        leaf = self._leaves.get(id(tensor))
        if leaf is not None and leaf[1] is tensor:
            return self.hold(tensor, leaf[0], None, leaf[2])
        base = compat.functorch_base(tensor)
        if base is not tensor:
            return self.again(tensor, self.find(base))
        shared = self._sharing(tensor)
        if shared is not None:
            cut = shared.grad and not tensor.requires_grad
            return self.again(tensor, self._without_gradient(shared) if cut else shared)
        return self.unknown(tensor)

    def _without_gradient(self, shared: Held) -> Held:
        """The value in the same memory that needs no gradient, as what came back from NumPy does not."""
        near = (held for held in self._live.values() if held.storage == shared.storage and not held.grad)
        return next(near, shared)

    def unknown(self, tensor: Tensor) -> Held:
        """A value for a tensor that no recorded operation made."""
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

    def _rewritten(self, tensor: Tensor, held: Held, region: Geometry | None) -> Held:
        """The value of a tensor whose count of writes has changed, though nothing that is known wrote its memory."""
        if held.version == UNCOUNTED or held.storage in self._left:
            held.version = version(tensor)
            return held
        if self.moved(tensor, held):  # `set_`, which no mode sees
            self.gave(tensor, held)
            return self.operand(tensor, region)
        if self._left_by_others(held):
            return counted(held, tensor)
        fresh = self.hold(tensor, "same", None, previous=held)
        self.notes.append(("unseen_write", held, "written by something that the tracer did not see"))
        return fresh

    def _left_by_others(self, held: Held) -> bool:
        """Whether a tensor that was in the memory of a value has other memory now; they go on to count together."""
        near = [other for other in self._live.values() if other.storage == held.storage and held.storage]
        gone = [other for other in near if (tensor := other.ref()) is not None and self.moved(tensor, other)]
        for other in gone:
            self.gave(other.ref(), other)  # type: ignore[arg-type]
        return bool(gone)

    def gave(self, tensor: Tensor, held: Held) -> None:
        """Notes that a tensor was given other memory."""
        self.abandoned(held)
        given = self._sharing(tensor)
        self.abandoned(self.again(tensor, given) if given is not None else self.hold(tensor, "external", None))

    def behind(self, tensor: Tensor) -> Held | None:
        """The value that lay in the memory of a tensor when an operation handed out that memory in it."""
        held = self._live[id(tensor)]
        first = self._memory.get(held.storage)
        if first is None or first is held:
            return None
        self.hold(tensor, "same", None, previous=first)
        found = self.operand(tensor)
        self._live[id(tensor)] = held
        return found


def _base(held: Held, tensor: Tensor) -> Held:
    """The value of a tensor before parts of it were written."""
    while getattr(held, "partial", False) and held.previous is not None and held.previous.ref() is tensor:
        held = held.previous
    return held


def counted(held: Held, tensor: Tensor) -> Held:
    """The value of a tensor that was not written, though its count says so: views count the writes to each other."""
    if held.first is None:
        held.first = held.version
    held.version = version(tensor)
    return held
