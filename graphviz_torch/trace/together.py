"""Small pieces of memory copied and compared in one go: a model has hundreds of buffers of a few numbers each."""

from __future__ import annotations

from collections.abc import Iterable

import torch

from graphviz_torch.trace.compat import set_version

Tensor = torch.Tensor
MOST_BYTES = 2**16
FLOATS = (torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.complex64)
DTYPES = frozenset((torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, *FLOATS))


def grouped(tensors: Iterable[Tensor]) -> tuple[list[list[Tensor]], list[Tensor]]:
    """The small plain tensors by dtype and device, and all others."""
    groups: dict[tuple[torch.dtype, torch.device], list[Tensor]] = {}
    others = []
    for tensor in tensors:
        if _small_and_plain(tensor):
            groups.setdefault((tensor.dtype, tensor.device), []).append(tensor)
        else:
            others.append(tensor)
    return list(groups.values()), others


def _small_and_plain(tensor: Tensor) -> bool:
    """Whether a tensor is all of a small piece of memory."""
    if type(tensor) is not Tensor or tensor.dtype not in DTYPES or tensor.layout is not torch.strided:
        return False
    if tensor.is_meta or tensor.is_inference():
        return False
    size = tensor.nbytes
    return size <= MOST_BYTES and tensor.is_contiguous() and tensor.untyped_storage().nbytes() == size


class Together:
    """Tensors of one dtype on one device with what was in them.

    Args:
        tensors: each all of its memory.
    """

    def __init__(self, tensors: list[Tensor]) -> None:
        self._tensors = tensors
        self._places = _places(tensors)
        self._plain = [tensor.data for tensor in tensors]  # the same memory, apart from autograd
        self._copy = _flat(self._plain)
        self._counts = [tensor._version for tensor in tensors]

    def restore(self) -> None:
        """Puts back what was written, and the tensors to where they were."""
        if _places(self._tensors) != self._places:
            self._return()
        if not torch.equal(_flat(self._plain), self._copy):
            parts = torch.split(self._copy, [plain.numel() for plain in self._plain])
            for plain, part in zip(self._plain, parts, strict=True):
                before = part.view_as(plain)
                if not torch.equal(plain, before):
                    plain.copy_(before)
        for tensor, count in zip(self._tensors, self._counts, strict=True):
            if tensor._version != count:  # the contents are as before, so what autograd has saved of them is right
                set_version(tensor, count)

    def _return(self) -> None:
        for tensor, plain, place in zip(self._tensors, self._plain, self._places, strict=True):
            if _places([tensor]) != [place]:
                tensor.data = plain


def _flat(tensors: list[Tensor]) -> Tensor:
    return torch.cat([tensor.ravel() for tensor in tensors])


def _places(tensors: list[Tensor]) -> list[tuple[object, ...]]:
    """Where tensors lie: the storage is known by its identity, and held so that no other gets that."""
    return [(t.untyped_storage(), t.storage_offset(), t.shape, t.stride(), t.dtype) for t in tensors]
