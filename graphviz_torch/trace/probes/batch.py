"""The same model on another batch size: the inputs that share their first dimension, with rows repeated."""

from __future__ import annotations

from collections import Counter
from typing import Any

import torch
from torch import nn

from graphviz_torch.trace.runtime.structures import SCALARS, named_tensors
from graphviz_torch.trace.runtime.tracer import inputs_of

Tensor = torch.Tensor
Given = tuple[tuple[Any, ...], dict[str, Any]]
DEEPEST = 12


def batch_of(model: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, tuple[str, ...]]:
    """The batch size and the names of the inputs that have it as their first dimension; 0 where that is not clear."""
    tensors = [(name, tensor) for name, tensor in inputs_of(model, args, kwargs) if _sized(tensor)]
    sizes = Counter(tensor.shape[0] for _, tensor in tensors if tensor.dim() > 1) or Counter(
        tensor.shape[0] for _, tensor in tensors
    )
    if not sizes:
        return 0, ()
    (size, count), *others = sizes.most_common(2)
    if not size or (others and others[0][1] == count):
        return 0, ()
    return size, tuple(name for name, tensor in tensors if tensor.shape[0] == size)


def other_size(model: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], size: int) -> int:
    """One more, or the next that no dimension of an input has, so that it can be told from all others."""
    taken = {length for _, tensor in named_tensors((args, kwargs), "") for length in tensor.shape}
    other = size + 1
    while other in taken:
        other += 1
    return other


def enlarged(args: tuple[Any, ...], kwargs: dict[str, Any], size: int, other: int) -> Given:
    """The arguments with the other batch size; new tensors, the user's stay as they are."""
    return _enlarged(args, size, other, 0), _enlarged(kwargs, size, other, 0)


def _enlarged(value: Any, size: int, other: int, depth: int) -> Any:
    if isinstance(value, Tensor):
        return _repeated(value, size, other) if _sized(value) and value.shape[0] == size else value
    if type(value) in SCALARS or depth > DEEPEST:
        return value
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*(_enlarged(item, size, other, depth + 1) for item in value))
    if type(value) in (list, tuple):
        return type(value)(_enlarged(item, size, other, depth + 1) for item in value)
    if type(value) is dict:
        return {key: _enlarged(item, size, other, depth + 1) for key, item in value.items()}
    return value


def _repeated(tensor: Tensor, size: int, other: int) -> Tensor:
    with torch.no_grad():
        rows = torch.arange(other, device=tensor.device if tensor.device.type != "meta" else "cpu") % size
        found = torch.empty((other, *tensor.shape[1:]), dtype=tensor.dtype, device="meta")
        if tensor.device.type != "meta":
            found = tensor.detach().index_select(0, rows)
    return found.requires_grad_(tensor.requires_grad)


def _sized(tensor: Tensor) -> bool:
    return tensor.layout is torch.strided and tensor.dim() > 0
