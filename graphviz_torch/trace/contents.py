"""The contents of tensors, copied only when something is about to write them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter

import torch
from torch.nn.parameter import Parameter

from graphviz_torch.trace.compat import set_version
from graphviz_torch.trace.together import Together, grouped

Tensor = torch.Tensor
PLACED = attrgetter("layout", "is_meta")
PLAIN = frozenset((kind, (torch.strided, False)) for kind in (Tensor, Parameter))
WITHOUT_MEMORY = (RuntimeError, NotImplementedError, ValueError)  # sparse, nested, wrapped, uninitialised tensors


@dataclass(frozen=True, slots=True)
class _Copy:
    """A piece of memory as it was.

    Attributes:
        tensor: the user's; plain: the same memory, apart from autograd.
        whole: all of the memory that `tensor` is a part of; `None` where that is not to be had.
        copy: what was in it.
        version: how often `tensor` had been written; -1 where that is not known.
    """

    tensor: Tensor
    plain: Tensor
    whole: Tensor | None
    copy: Tensor | None
    version: int

    def restore(self) -> None:
        if self.whole is None:
            if self.copy is not None and _version(self.tensor) != self.version:
                self.tensor.copy_(self.copy)  # `plain` shares no parts with a sparse tensor
                self._count()
            return
        if _moved(self.tensor, self.plain):
            self.tensor.data = self.plain
        if self.copy is not None and not torch.equal(self.whole, self.copy):
            with torch.inference_mode(self.whole.is_inference()):
                self.whole.copy_(self.copy)
        self._count()

    def _count(self) -> None:
        """The contents are as before, so what autograd has saved of them is right."""
        if self.version >= 0 and _version(self.tensor) != self.version:
            set_version(self.tensor, self.version)


class Contents:
    """Watches pieces of memory, and puts back what was in them."""

    def __init__(self) -> None:
        # To be watched; looked at when something is first written, which nothing is in many a run.
        self._new: list[Tensor] = []
        self._watched: dict[int, list[Tensor]] = {}
        self._copies: list[_Copy] = []
        self._together: list[Together] = []
        self._places: list[_Copy] = []

    def watch(self, tensors: Iterable[Tensor]) -> None:
        """The memory of tensors is to be copied before it is written."""
        new = list(tensors)
        self._new += new
        if new and not PLAIN.issuperset(zip(map(type, new), map(PLACED, new), strict=True)):
            self._known()

    def keep_places(self) -> None:
        """Notes where all that is watched lies, for a run that does not say when a tensor is given other memory."""
        for tensor in [tensor for found in self._known().values() for tensor in found]:
            self._places.append(_Copy(tensor, tensor.data, tensor.data, None, -1))

    def about_to_write(self, tensor: Tensor) -> None:
        """Copies the memory that is about to be written, if it is watched."""
        if self._watched or self._new:
            self.about_to_write_at((address(tensor),))

    def about_to_write_at(self, addresses: Iterable[int]) -> None:
        """The same for memory that is told by where it begins."""
        watched = self._known()
        for key in addresses:
            for place, tensor in enumerate(watched.pop(key, ())):  # one copy is enough for all that share it
                self._save(tensor, copied=place > 0)

    def save(self, tensors: list[Tensor]) -> None:
        """Copies the memory of tensors now."""
        groups, others = grouped(tensors)
        self._together.extend(map(Together, groups))
        for tensor in others:
            self._save(tensor)

    def restore(self) -> None:
        """Puts back what was written."""
        for place in self._places:
            place.restore()
        for together in self._together:
            together.restore()
        for copy in self._copies:
            copy.restore()

    def _known(self) -> dict[int, list[Tensor]]:
        """What is watched, by where it begins; what cannot be told apart like that is copied now."""
        if self._new:
            new, self._new = self._new, []
            for tensor in new:
                key = address(tensor)
                if key > 0:
                    self._watched.setdefault(key, []).append(tensor)
                else:
                    self._save(tensor)
        return self._watched

    def _save(self, tensor: Tensor, copied: bool = False) -> None:
        """Copies the memory of a tensor; where it is copied already, only notes where the tensor lies."""
        plain = tensor.data
        if plain.device.type == "meta":
            self._copies.append(_Copy(tensor, plain, plain, None, _version(tensor)))
            return
        whole = _whole(plain)
        copy = None if copied else plain.clone() if whole is None else whole.clone()
        self._copies.append(_Copy(tensor, plain, whole, copy, _version(tensor)))


def address(tensor: Tensor) -> int:
    """Where the memory of a tensor begins; 0 on the meta device, -1 for tensors without memory of their own."""
    try:
        return tensor.untyped_storage().data_ptr()
    except WITHOUT_MEMORY:
        return -1


def _whole(plain: Tensor) -> Tensor | None:
    try:
        storage = plain.untyped_storage()
    except WITHOUT_MEMORY:
        return None
    if storage.nbytes() == plain.numel() * plain.element_size() and plain.is_contiguous():
        return plain
    return torch.empty(0, dtype=torch.uint8, device=plain.device).set_(storage)


def _moved(tensor: Tensor, plain: Tensor) -> bool:
    if tensor.shape != plain.shape or tensor.dtype is not plain.dtype or tensor.data_ptr() != plain.data_ptr():
        return True
    return tensor.stride() != plain.stride() or tensor.untyped_storage() is not plain.untyped_storage()


def _version(tensor: Tensor) -> int:
    return -1 if tensor.is_inference() else tensor._version
