"""What is known of a tensor without its data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from operator import attrgetter

import torch

from graphviz_torch.ir.drafts import make_meta
from graphviz_torch.ir.graph import TensorMeta

Kind = tuple[Sequence[int] | None, torch.dtype, torch.device, bool]
# Shape, dtype, device and need of gradients, and the strides.
Key = tuple[Kind, Sequence[int] | None]
kind_of: Callable[[torch.Tensor], Kind] = attrgetter("shape", "dtype", "device", "requires_grad")


class Metas:
    """Makes metadata; what is equal is made once, since a model has few kinds of tensors and many of each."""

    def __init__(self) -> None:
        self._known: dict[Key, TensorMeta] = {}

    def describe(self, tensor: torch.Tensor) -> TensorMeta:
        """As the function of that name."""
        return self.of(key_of(tensor))

    def of(self, key: Key) -> TensorMeta:
        """The metadata of a tensor with this shape, dtype, device, need of gradients and these strides."""
        try:
            found = self._known.get(key)
        except TypeError:  # symbolic sizes cannot be looked up
            return _made(key)
        if found is None:
            found = self._known[key] = _made(key)
        return found


def describe(tensor: torch.Tensor) -> TensorMeta:
    """The metadata of any tensor: sparse, nested, uninitialised and wrapped ones too."""
    return _made(key_of(tensor))


def key_of(tensor: torch.Tensor) -> Key:
    """What the metadata of a tensor are made of."""
    try:
        return kind_of(tensor), tensor.stride() if tensor.layout is torch.strided else None
    except (RuntimeError, TypeError, ValueError):  # uninitialised tensors have no sizes
        return (None, tensor.dtype, tensor.device, tensor.requires_grad), strides(tensor)


def _made(key: Key) -> TensorMeta:
    (shape, dtype, device, grad), stride = key
    numbers = None if shape is None else sizes(shape)
    if numbers is None:
        return make_meta(None, dtype_name(dtype), str(device), grad, None, None)
    return meta(numbers, dtype, device, grad, None if stride is None else sizes(stride))


def sizes(shape: Sequence[int]) -> tuple[int, ...] | None:
    """Sizes or strides as numbers; `None` for a nested tensor, whose rows differ in length."""
    try:
        return tuple([int(size) for size in shape])
    except (RuntimeError, TypeError, AttributeError):
        return None


def meta(
    shape: tuple[int, ...], dtype: torch.dtype, device: torch.device, grad: bool, stride: tuple[int, ...] | None
) -> TensorMeta:
    """The metadata of a dense tensor from its parts."""
    elements = 1
    for size in shape:
        elements *= size
    return make_meta(shape, dtype_name(dtype), str(device), grad, stride, elements * dtype.itemsize)


def strides(tensor: torch.Tensor) -> tuple[int, ...] | None:
    """Strides in elements; `None` where the layout has none."""
    try:
        return tensor.stride() if tensor.layout is torch.strided else None
    except (RuntimeError, TypeError, ValueError, AttributeError):
        return None


@cache
def dtype_name(dtype: torch.dtype) -> str:
    """`float32` of `torch.float32`."""
    return str(dtype).removeprefix("torch.")
