"""The contents of tensors, copied only when something is about to write them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import torch

from graphviz_torch.trace.compat import set_version

Tensor = torch.Tensor
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
        self._watched: dict[int, list[Tensor]] = {}
        self._copies: list[_Copy] = []
        self._places: list[_Copy] = []

    def watch(self, tensor: Tensor) -> None:
        """The memory of a tensor is to be copied before it is written."""
        key = address(tensor)
        if key > 0:
            self._watched.setdefault(key, []).append(tensor)
        else:
            self.save(tensor)

    def keep_places(self) -> None:
        """Notes where all that is watched lies, for a run that does not say when a tensor is given other memory."""
        for tensor in [tensor for found in self._watched.values() for tensor in found]:
            self._places.append(_Copy(tensor, tensor.data, tensor.data, None, -1))

    def about_to_write(self, tensor: Tensor) -> None:
        """Copies the memory that is about to be written, if it is watched."""
        if self._watched:
            found = self._watched.pop(address(tensor), ())
            for place, watched in enumerate(found):  # one copy is enough for all that share it
                self.save(watched, copied=place > 0)

    def about_to_write_at(self, addresses: Collection[int]) -> None:
        """The same for memory that is told by where it begins."""
        for key in addresses:
            for place, watched in enumerate(self._watched.pop(key, ())):
                self.save(watched, copied=place > 0)

    def save(self, tensor: Tensor, copied: bool = False) -> None:
        """Copies the memory of a tensor now; where it is copied already, only notes where the tensor lies."""
        plain = tensor.data
        if plain.device.type == "meta":
            self._copies.append(_Copy(tensor, plain, plain, None, _version(tensor)))
            return
        whole = _whole(plain)
        copy = None if copied else plain.clone() if whole is None else whole.clone()
        self._copies.append(_Copy(tensor, plain, whole, copy, _version(tensor)))

    def restore(self) -> None:
        """Puts back what was written."""
        for copy in (*self._places, *self._copies):
            copy.restore()


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
