"""Which views of one piece of memory overlap, and what part of a view an index means."""

from __future__ import annotations

from typing import Any

import torch

# Offset, shape and strides in elements, and the bytes of an element.
Geometry = tuple[int, tuple[int, ...], tuple[int, ...], int]


def geometry(tensor: torch.Tensor) -> Geometry | None:
    """Where in its memory a tensor lies; `None` where it is no strided view."""
    try:
        if tensor.layout is not torch.strided:
            return None
        return int(tensor.storage_offset()), tuple(tensor.shape), tensor.stride(), tensor.element_size()
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
    if one[3] != other[3]:  # as where one is complex and the other real
        one, other = _in_bytes(one), _in_bytes(other)
    if _last(one) < other[0] or _last(other) < one[0]:
        return True
    return _boxes_apart(one, other)


def _in_bytes(view: Geometry) -> Geometry:
    offset, shape, strides, size = view
    return offset * size, (*shape, size), (*[stride * size for stride in strides], 1), 1


def _last(view: Geometry) -> int:
    offset, shape, strides, _ = view
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
    offset, shape, own, _ = view
    lengths = [1] * len(strides)
    for size, stride in zip(shape, own, strict=True):
        if size > 1 and stride:
            place = strides.index(stride)
            if lengths[place] > 1:
                return None
            lengths[place] = size
    starts = []
    for stride in strides:
        start, offset = divmod(offset, stride)
        starts.append(start)
    for place in range(len(strides) - 1, 0, -1):
        coarse, stride = strides[place - 1], strides[place]
        if (starts[place] + lengths[place]) * stride <= coarse:
            continue
        # Whole rows of the grid can be counted as such.
        rows, rest = divmod(lengths[place] * stride, coarse)
        if rest or coarse % stride or starts[place] or lengths[place - 1] > 1:
            return None
        lengths[place - 1], lengths[place] = rows, coarse // stride
    return list(zip(starts, lengths, strict=True))


def indexed(view: Geometry, key: Any) -> Geometry | None:
    """What `tensor[key]` means of a view; `None` where an index is no number and no slice, as that copies."""
    offset, shape, strides, size = view
    keys = list(key) if isinstance(key, tuple) else [key]
    wanted = sum(type(part) in (int, slice) for part in keys)
    if wanted > len(shape) or sum(part is Ellipsis for part in keys) > 1:
        return None
    axis = 0
    sizes: list[int] = []
    steps: list[int] = []
    for part in keys:
        if part is Ellipsis:
            skipped = len(shape) - wanted
            sizes += shape[axis : axis + skipped]
            steps += strides[axis : axis + skipped]
            axis += skipped
        elif type(part) is int and -shape[axis] <= part < shape[axis]:
            offset += strides[axis] * (part % shape[axis])
            axis += 1
        elif type(part) is slice and all(end is None or type(end) is int for end in (part.start, part.stop, part.step)):
            places = range(*part.indices(shape[axis]))
            offset += strides[axis] * places.start if places else 0
            sizes.append(len(places))
            steps.append(strides[axis] * places.step)
            axis += 1
        elif part is not None:
            return None
    return offset, (*sizes, *shape[axis:]), (*steps, *strides[axis:]), size
