"""Pieces of memory of a run: which values lie in them, under whatever storage, and what wrote them."""

from __future__ import annotations

from weakref import ref

import torch

from graphviz_torch.trace import compat
from graphviz_torch.trace.runtime.memory import Geometry, geometry
from graphviz_torch.trace.runtime.records import Held, Op
from graphviz_torch.trace.runtime.writes import MOST_WRITES, Write

Tensor = torch.Tensor
UNCOUNTED = -2
WITHOUT_MEMORY = (RuntimeError, NotImplementedError, ValueError)  # sparse, nested and uninitialised tensors
# What can hand out memory that another storage has already.
TAKING = frozenset(("alias", "as_tensor", "asarray", "from_dlpack", "frombuffer"))


class Storages:
    """Memory is known by its storage object; one that comes back from outside of torch by its address."""

    def __init__(self) -> None:
        # The first value in each storage, by the `id` of the storage.
        self._memory: dict[int, Held] = {}
        self._writes: dict[int, list[Write]] = {}
        # Memory where counts of writes tell nothing, since a tensor was given other memory.
        self._left: set[int] = set()
        # Storages that others stand for; their keys must stay theirs.
        self._stood_for: list[torch.UntypedStorage] = []
        # How many bytes after the start of the memory that it stands for a storage begins, by its `id`.
        self._shifts: dict[int, int] = {}

    def wrote(self, held: Held, tensor: Tensor, op: Op, region: Geometry | None = None) -> Write | None:
        """Notes that an operation wrote the memory of a value, or a part of it."""
        if not held.storage:
            return None
        write = Write(op, region or self.geometry(tensor), [])
        self._writes.setdefault(held.storage, []).append(write)
        return write

    @property
    def wrote_memory(self) -> bool:
        """Whether any memory was written."""
        return bool(self._writes)

    @property
    def storages_apart(self) -> bool:
        """Whether each storage had memory of its own: none stood for another."""
        return not self._stood_for

    def writes_to(self, held: Held) -> list[Write]:
        """The writes into the memory of a value."""
        return self._writes.get(held.storage, [])

    def crowded(self, held: Held) -> bool:
        """Whether so many operations wrote the memory of a value that the next is linked to all that came before.

        Otherwise a loop that fills a tensor row by row would look through all rows for each.
        """
        writes = self._writes.get(held.storage, ())
        return len(writes) > MOST_WRITES and writes[-MOST_WRITES].op.id > maker(held)

    def abandoned(self, held: Held) -> None:
        """Notes that a tensor has left the memory of a value, or came into it: what counts as a write may be another's.

        Views go on to count writes together with their base when that lies elsewhere.
        """
        if held.storage:
            self._left.add(held.storage)

    def moved(self, tensor: Tensor, held: Held) -> bool:
        """Whether a tensor has other memory than it had."""
        try:
            storage = tensor.untyped_storage()
        except WITHOUT_MEMORY:
            return False
        first = self._known(storage)
        return held.storage != (id(storage) if first is None else first.storage)

    def _begin(self, storage: torch.UntypedStorage, held: Held) -> None:
        """Notes the first value in a storage."""
        key = held.storage = id(storage)
        held.memory = ref(storage)
        held.begins = True
        self._memory[key] = held
        self._begun(storage, held)

    def _begun(self, storage: torch.UntypedStorage, held: Held) -> None:
        """Forgets what is known of another storage that had the same `id`, and looks for others at the same place."""
        key = held.storage
        self._writes.pop(key, None)
        self._left.discard(key)
        if held.source == "same" or (held.op is not None and held.op.name in TAKING):
            self._stand_for(storage, held)

    def _stand_for(self, storage: torch.UntypedStorage, held: Held) -> None:
        """Gives memory that is known under another storage the key of that."""
        known = self._at(storage)
        other = known.memory() if known is not None else None
        if known is None or other is None:
            return
        shift = _address(storage) - _address(other) + self._shifts.get(id(other), 0)
        if shift:
            self._shifts[id(storage)] = shift
            self._stood_for.append(storage)
        held.storage = known.storage
        self._stood_for.append(other)

    def geometry(self, tensor: Tensor) -> Geometry | None:
        """Where in its memory a tensor lies, also where its storage is only a part of that."""
        found = geometry(tensor)
        shift = self._shifts.get(id(tensor.untyped_storage()), 0) if self._shifts and found is not None else 0
        if not shift or found is None:
            return found
        offset, rest = divmod(shift, found[3])
        return None if rest else (found[0] + offset, *found[1:])

    def _base_storage(self, tensor: Tensor, held: Held) -> int:
        """The key of the memory under a wrapper of vmap and its like; 0 for sparse and other tensors without."""
        base = compat.functorch_base(tensor)
        if base is tensor:
            return 0
        try:
            storage = base.untyped_storage()
        except WITHOUT_MEMORY:
            return 0
        first = self._known(storage)
        if first is None:
            self._begin(storage, held)
            return held.storage
        return first.storage

    def in_storage(self, storage: torch.UntypedStorage) -> Held | None:
        """A value in a storage, or at the same address."""
        return self._known(storage) or self._at(storage)

    def _known(self, storage: torch.UntypedStorage) -> Held | None:
        """The first value in a storage."""
        first = self._memory.get(id(storage))
        return first if first is not None and first.memory() is storage else None

    def _sharing(self, tensor: Tensor) -> Held | None:
        """A value in the same memory: of the same storage, or at the same address after a detour without a copy."""
        try:
            storage = tensor.untyped_storage()
        except WITHOUT_MEMORY:
            return None
        return self.in_storage(storage)

    def _at(self, storage: torch.UntypedStorage) -> Held | None:
        """A value in memory that a storage has a part of."""
        start = _address(storage)
        if not start:
            return None
        end = start + storage.nbytes()
        for first in self._memory.values():
            other = first.memory()
            if other is not None and other is not storage:
                begin = _address(other)
                if begin == start or (begin and begin < end and start < begin + other.nbytes()):
                    return first
        return None


def _address(storage: torch.UntypedStorage) -> int:
    """Where a storage begins; 0 for those of wrappers, which are nowhere, and beside the processor's memory."""
    try:
        return storage.data_ptr() if storage.device.type == "cpu" else 0
    except RuntimeError:
        return 0


def maker(held: Held) -> int:
    """The number of the operation that made a value; -1 where it was there before."""
    while held.source == "same" and held.previous is not None:
        held = held.previous
    return -1 if held.op is None else held.op.id


def version(tensor: Tensor) -> int:
    """How often the memory was written in place; -1 for inference tensors, which do not count."""
    try:
        return tensor._version
    except RuntimeError:
        return -1
