"""Which views of one piece of memory overlap."""

from __future__ import annotations

import torch

Geometry = tuple[int, tuple[int, ...], tuple[int, ...]]


def geometry(tensor: torch.Tensor) -> Geometry | None:
    """Offset, shape and strides, in elements; `None` where a tensor is no strided view."""
    try:
        if tensor.layout is not torch.strided:
            return None
        return int(tensor.storage_offset()), tuple(tensor.shape), tensor.stride()
    except (RuntimeError, NotImplementedError, ValueError):  # wrapped and nested tensors
        return None


def apart(one: Geometry | None, other: Geometry | None) -> bool:
    """Whether two views of one storage surely share no element.

    They do not where the ranges of their elements do not meet, and where both are boxes of one grid (`x[:, :4]` and
    `x[:, 4:]`) that do not meet along one axis.
    """
    if one is None or other is None:
        return False
    if 0 in one[1] or 0 in other[1]:
        return True
    if _last(one) < other[0] or _last(other) < one[0]:
        return True
    return _boxes_apart(one, other)


def _last(view: Geometry) -> int:
    offset, shape, strides = view
    return offset + sum((size - 1) * stride for size, stride in zip(shape, strides, strict=True))


def _boxes_apart(one: Geometry, other: Geometry) -> bool:
    strides = sorted({*one[2], *other[2], 1}, reverse=True)
    if 0 in strides:
        strides.remove(0)
    first, second = _box(one, strides), _box(other, strides)
    if first is None or second is None:
        return False
    return any(a + n <= b or b + m <= a for (a, n), (b, m) in zip(first, second, strict=True))


def _box(view: Geometry, strides: list[int]) -> list[tuple[int, int]] | None:
    """Start and length of a view along each stride of a grid; `None` where the view is no box of the grid."""
    offset, shape, own = view
    lengths = dict.fromkeys(strides, 1)
    for size, stride in zip(shape, own, strict=True):
        if size > 1 and stride:
            if lengths[stride] > 1:
                return None
            lengths[stride] = size
    box = []
    room = 0
    for stride in strides:
        start, offset = divmod(offset, stride)
        if room and (start + lengths[stride]) * stride > room:
            return None
        box.append((start, lengths[stride]))
        room = stride
    return box
