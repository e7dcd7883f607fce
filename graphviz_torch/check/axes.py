"""Where the size of a dimension comes from: through which operand and dimension an operation handed it on.

One function a family of operations. Each gets the operation and a dimension of its result, and returns the operand and
the dimension that the size was taken from, or `None` where the operation made it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from graphviz_torch.ir.graph import Node, Value
from graphviz_torch.ir.literals import Literal, Slice, Symbol
from graphviz_torch.ir.walks import GraphIndex

Shape = tuple[int, ...]
Place = tuple[int, int]  # which operand, which of its dimensions


@dataclass(frozen=True, slots=True)
class Step:
    """An operation that ran, with the shapes of what it read and of one thing that it made."""

    node: Node
    shapes: tuple[Shape | None, ...]
    result: Shape

    def argument(self, *names: str) -> Literal:
        """An argument by any of its names; `None` where it was not passed."""
        table = dict(self.node.attributes)
        return next((table[name] for name in names if name in table), None)

    def first(self) -> Shape:
        """The shape of the first operand."""
        return (self.shapes[0] if self.shapes else None) or ()


Family = Callable[[Step, int], Place | None]


def handed_on(index: GraphIndex, value: Value, axis: int) -> tuple[Value, int] | None:
    """The operand and dimension that a dimension of a value was taken from; `None` where its size was made there."""
    node = index.nodes[value.producer]
    if node.kind != "call" or not node.operands or value.meta.shape is None:
        return None
    step = Step(node, tuple(index.values[operand].meta.shape for operand in node.operands), value.meta.shape)
    found = _family(node.name)(step, axis)
    if found is None or found[0] >= len(node.operands):
        return None
    operand = index.values[node.operands[found[0]]]
    shape = operand.meta.shape
    if shape is None or not 0 <= found[1] < len(shape) or shape[found[1]] != value.meta.shape[axis]:
        return None
    return operand, found[1]


@cache
def _family(name: str) -> Family:
    word = name.strip("_")
    for pattern, family in FAMILIES:
        if re.fullmatch(pattern, word):
            return family
    return _other


# ---- the families


def _other(step: Step, axis: int) -> Place | None:
    """What is not known hands on what it does not change."""
    return (0, axis) if step.first() == step.result else None


def _last_is_made(step: Step, axis: int) -> Place | None:
    return (0, axis) if axis < len(step.result) - 1 else None


def _convolution(step: Step, axis: int) -> Place | None:
    channels = len(step.result) - (len(step.shapes[1] or ()) - 2) - 1 if len(step.shapes) > 1 else 1
    return (0, axis) if axis != channels else None


def _same_axis(step: Step, axis: int) -> Place | None:
    return (0, axis) if len(step.first()) == len(step.result) else None


def _broadcast(step: Step, axis: int) -> Place | None:
    """The first operand that has this size at this place, counted from the end."""
    back = len(step.result) - axis
    for place, shape in enumerate(step.shapes):
        if shape is not None and len(shape) >= back and shape[-back] == step.result[axis]:
            return place, len(shape) - back
    return None


def _product(step: Step, axis: int) -> Place | None:
    if len(step.shapes) < 2 or len(step.result) < 2:
        return None
    if axis == len(step.result) - 1:
        return 1, len(step.shapes[1] or ()) - 1
    if axis == len(step.result) - 2:
        return 0, len(step.first()) - 2
    return _broadcast(step, axis)


def _attention(step: Step, axis: int) -> Place | None:
    return (2, axis) if axis == len(step.result) - 1 else (0, axis)


def _reshaped(step: Step, axis: int) -> Place | None:
    """A dimension that has as many elements before it as one of the operand with the same size is that one."""
    before = math.prod(step.result[:axis])
    for place, size in enumerate(step.first()):
        if math.prod(step.first()[:place]) == before and size == step.result[axis]:
            return 0, place
    return None


def _swapped(step: Step, axis: int) -> Place | None:
    rank = len(step.result)
    one, other = (_number(step.argument(*names)) for names in (("dim0", "axis0", "1"), ("dim1", "axis1", "2")))
    if one is None or other is None:
        return None
    one, other = one % rank, other % rank
    return 0, {one: other, other: one}.get(axis, axis)


def _turned(step: Step, axis: int) -> Place | None:
    """`t`, `T`, `mT`: the last two, or all."""
    rank = len(step.result)
    if step.node.name in ("T", "H") and rank != 2:
        return 0, rank - 1 - axis
    return 0, {rank - 1: rank - 2, rank - 2: rank - 1}.get(axis, axis)


def _permuted(step: Step, axis: int) -> Place | None:
    dims = _numbers(step.argument("dims")) or _numbers(tuple(value for _, value in step.node.attributes[1:]))
    return (0, dims[axis] % len(step.result)) if dims is not None and len(dims) == len(step.result) else None


def _joined(step: Step, axis: int) -> Place | None:
    dim = _number(step.argument("dim", "axis", "1")) or 0
    return (0, axis) if axis != dim % len(step.result) else None


def _stacked(step: Step, axis: int) -> Place | None:
    dim = (_number(step.argument("dim", "1")) or 0) % len(step.result)
    return (0, axis - (axis > dim)) if axis != dim else None


def _reduced(step: Step, axis: int) -> Place | None:
    shape = step.first()
    if len(shape) == len(step.result):
        return 0, axis
    given = step.argument("dim", "axis", "1")
    dims = _numbers(given) if isinstance(given, tuple) else _numbers((given,))
    if dims is None:
        return None
    left = [place for place in range(len(shape)) if place not in {dim % len(shape) for dim in dims}]
    return (0, left[axis]) if axis < len(left) else None


def _indexed(step: Step, axis: int) -> Place | None:
    """Basic indexing: integers drop a dimension, slices keep it, `None` adds one."""
    key = step.argument("key", "1")
    words = list(key) if isinstance(key, tuple) else [key]
    taken = sum(word is not None and not _is_ellipsis(word) for word in words)
    left: list[int | None] = []
    place = 0
    for word in words:
        if _is_ellipsis(word):
            skipped = len(step.first()) - taken
            left.extend(range(place, place + skipped))
            place += skipped
        elif word is None:
            left.append(None)
        elif isinstance(word, Slice):
            left.append(place)
            place += 1
        elif isinstance(word, int) and not isinstance(word, bool):
            place += 1
        else:
            return None
    left.extend(range(place, len(step.first())))
    found = left[axis] if axis < len(left) else None
    return None if found is None else (0, found)


def _is_ellipsis(word: Literal) -> bool:
    return isinstance(word, Symbol) and word.kind == "ellipsis"


def _number(literal: Literal) -> int | None:
    return literal if isinstance(literal, int) and not isinstance(literal, bool) else None


def _numbers(literal: Literal) -> Shape | None:
    if not isinstance(literal, tuple) or not literal:
        return None
    found = tuple(item for item in literal if isinstance(item, int) and not isinstance(item, bool))
    return found if len(found) == len(literal) else None


FAMILIES: tuple[tuple[str, Family], ...] = (
    (r"linear|bilinear|embedding|lstm|gru|rnn_tanh|rnn_relu|one_hot", _last_is_made),
    (r"conv(_transpose)?\dd|convolution", _convolution),
    (r".*_pool\dd(_with_indices)?|interpolate|upsample|pixel_(un)?shuffle|pad", _same_axis),
    (r"[ir]?(add|sub|mul|div|truediv|pow)|where|lerp|addcmul|maximum|minimum|[gl][te]|eq|ne", _broadcast),
    (r"r?matmul|mm|bmm", _product),
    (r"scaled_dot_product_attention", _attention),
    (r"view|reshape|flatten|unflatten|squeeze|unsqueeze|contiguous", _reshaped),
    (r"transpose|swapaxes|swapdims", _swapped),
    (r"t|T|mT|H|mH|adjoint", _turned),
    (r"permute", _permuted),
    (r"cat|concat|concatenate", _joined),
    (r"stack", _stacked),
    (r"mean|sum|amax|amin|max|min|argmax|argmin|logsumexp|norm|std|var|any|all|prod|median", _reduced),
    (r"getitem", _indexed),
    (r"chunk|split|tensor_split|narrow|expand|expand_as|broadcast_to|repeat|roll|flip", _same_axis),
)
