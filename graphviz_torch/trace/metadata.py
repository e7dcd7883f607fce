"""What is known of a tensor without its data."""

from __future__ import annotations

import torch

from graphviz_torch.ir.graph import TensorMeta


def describe(tensor: torch.Tensor) -> TensorMeta:
    """The metadata of any tensor: sparse, nested, uninitialised and wrapped ones too."""
    try:
        shape = sizes(tensor.shape)
    except (RuntimeError, TypeError):  # uninitialised tensors have no sizes
        shape = None
    if shape is None:
        return TensorMeta(None, dtype_name(tensor.dtype), str(tensor.device), tensor.requires_grad)
    return meta(shape, tensor.dtype, tensor.device, tensor.requires_grad, strides(tensor))


def sizes(shape: torch.Size) -> tuple[int, ...] | None:
    """The sizes as numbers; `None` for a nested tensor, whose rows differ in length."""
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
    return TensorMeta(shape, dtype_name(dtype), str(device), grad, stride, elements * dtype.itemsize)


def strides(tensor: torch.Tensor) -> tuple[int, ...] | None:
    """Strides in elements; `None` where the layout has none."""
    try:
        return tuple(int(step) for step in tensor.stride()) if tensor.layout is torch.strided else None
    except (RuntimeError, TypeError, ValueError, AttributeError):
        return None


def dtype_name(dtype: torch.dtype) -> str:
    """`float32` of `torch.float32`."""
    return str(dtype).removeprefix("torch.")
