"""Small pieces of memory copied and compared in one go: a model has hundreds of buffers of a few numbers each."""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter
from typing import Any

import torch

from graphviz_torch.trace.compat import set_version

Tensor = torch.Tensor
MOST_BYTES = 2**16
FLOATS = (torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.complex64)
KIND = attrgetter("dtype", "device", "layout", "ndim")
DTYPE, VERSION = attrgetter("dtype"), attrgetter("_version")
DTYPES = frozenset((torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, *FLOATS))


def grouped(tensors: Iterable[Tensor]) -> tuple[list[list[Tensor]], list[Tensor]]:
    """The small plain tensors by dtype, device and number of dimensions, and all others."""
    alike: dict[tuple[type, Any], list[Tensor]] = {}
    for tensor in tensors:
        alike.setdefault((type(tensor), KIND(tensor)), []).append(tensor)
    groups, others = [], []
    for (kind, (dtype, device, layout, _)), found in alike.items():
        if kind is not Tensor or dtype not in DTYPES or layout is not torch.strided or device.type == "meta":
            others += found
            continue
        small: list[Tensor] = []
        for tensor in found:
            (small if _small(tensor) else others).append(tensor)
        if small:
            groups.append(small)
    return groups, others


def _small(tensor: Tensor) -> bool:
    """Whether a plain tensor is all of a small piece of memory."""
    size = tensor.nbytes
    return (
        size <= MOST_BYTES
        and not tensor.is_inference()
        and tensor.is_contiguous()
        and tensor.untyped_storage().nbytes() == size
    )


class Together:
    """Tensors of one dtype on one device with what was in them.

    Args:
        tensors: each all of its memory.
    """

    def __init__(self, tensors: list[Tensor]) -> None:
        self._tensors = tensors
        self._plain = [tensor.data for tensor in tensors]  # the same memory, apart from autograd
        # To flatten one by one takes longer than all else.
        self._flat = torch.hstack if all(tensor.ndim < 2 for tensor in tensors) else _flat
        self._copy = self._flat(self._plain)
        self._counts = list(map(VERSION, tensors))

    def restore(self) -> None:
        """Puts back what was written, and the tensors to where they were."""
        if _moved(self._tensors, self._plain):
            for tensor, plain in zip(self._tensors, self._plain, strict=True):
                if _moved([tensor], [plain]):
                    tensor.data = plain
        if not torch.equal(self._flat(self._plain), self._copy):
            parts = torch.split(self._copy, [plain.numel() for plain in self._plain])
            for plain, part in zip(self._plain, parts, strict=True):
                before = part.view_as(plain)
                if not torch.equal(plain, before):
                    plain.copy_(before)
        if list(map(VERSION, self._tensors)) != self._counts:
            self._count()

    def _count(self) -> None:
        """The contents are as before, so what autograd has saved of them is right."""
        for tensor, count in zip(self._tensors, self._counts, strict=True):
            if tensor._version != count:
                set_version(tensor, count)


def _flat(tensors: list[Tensor]) -> Tensor:
    return torch.cat([tensor.ravel() for tensor in tensors])


def _moved(tensors: list[Tensor], plain: list[Tensor]) -> bool:
    """Whether a tensor lies elsewhere now, or is another view of where it lies."""
    try:
        return list(map(DTYPE, tensors)) != list(map(DTYPE, plain)) or not all(map(Tensor.is_set_to, tensors, plain))
    except RuntimeError:  # it has no memory, or is on another device
        return True
