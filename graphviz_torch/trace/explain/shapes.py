"""Rules of joining, broadcasting and reshaping: name the axis and the operand that do not fit."""

from __future__ import annotations

import math
from collections import Counter

from graphviz_torch.ir.graph import TensorMeta
from graphviz_torch.ir.literals import format_literal
from graphviz_torch.trace.explain import words
from graphviz_torch.trace.explain.case import Case, Misfit, Reason, Shape, number
from graphviz_torch.trace.explain.makers import made_by


def cat(case: Case) -> Reason | None:
    """All sizes but that of the joined axis are equal."""
    shapes = [meta.shape for meta in case.metas]
    # An empty vector joins with anything, for the sake of old code.
    known = [(place, shape) for place, shape in enumerate(shapes) if shape is not None and shape != (0,)]
    if len(known) < 2:
        return None
    dim = _dim(case)
    rank = _usual([len(shape) for _, shape in known])
    for place, shape in known:
        if len(shape) != rank:
            reason = f"{case.node.name} needs operands of {words.count(rank, 'dimension')}: {_operand(case, place)}"
            notes = made_by(case.index, case.values[place])
            return Reason(reason, notes, misfits=(Misfit(case.values[place]),))
    if dim is None or not -rank <= dim < rank:
        return Reason(f"{case.node.name}: operands of {words.count(rank, 'dimension')} have no dimension {dim}")
    return _odd_axis(case, known, rank, dim % rank)


def _odd_axis(case: Case, known: list[tuple[int, Shape]], rank: int, joined: int | None) -> Reason | None:
    for axis in range(rank):
        usual = _usual([shape[axis] for _, shape in known])
        fitting = next(place for place, shape in known if shape[axis] == usual)
        for place, shape in known:
            if axis != joined and shape[axis] != usual:
                along = "" if joined is None else f" along dimension {joined}"
                reason = f"{case.node.name}{along} needs {usual} in dimension {axis}: {_operand(case, place)}"
                misfits = (Misfit(case.values[place], axis, usual), Misfit(case.values[fitting], axis, shape[axis]))
                return Reason(reason, made_by(case.index, case.values[place], str(shape[axis])), misfits=misfits)
    return None


def _dim(case: Case) -> int | None:
    found = case.argument("dim", 1)
    return 0 if found is None else number(found)


def _usual(sizes: list[int]) -> int:
    """The size that most have; the first one of those that tie."""
    return Counter(sizes).most_common(1)[0][0]


def _operand(case: Case, place: int) -> str:
    return f"operand {place} ({case.named(place)}) is {words.sizes(case.shape(place))}"


def stack(case: Case) -> Reason | None:
    """All shapes are equal."""
    known = [(place, meta.shape) for place, meta in enumerate(case.metas) if meta.shape is not None]
    if len(known) < 2:
        return None
    rank = _usual([len(shape) for _, shape in known])
    for place, shape in known:
        if len(shape) != rank:
            reason = f"{case.node.name} needs equal shapes: {_operand(case, place)}"
            return Reason(reason, misfits=(Misfit(case.values[place]),))
    return _odd_axis(case, known, rank, None)


def broadcast(case: Case) -> Reason | None:
    """From the last axis backwards, sizes are equal or 1."""
    shapes = [(place, meta.shape) for place, meta in enumerate(case.metas) if meta.shape is not None]
    for back in range(1, max((len(shape) for _, shape in shapes), default=0) + 1):
        at = [(place, shape[-back]) for place, shape in shapes if len(shape) >= back and shape[-back] != 1]
        for place, size in at[1:]:
            if size != at[0][1]:
                return _clash(case, at[0], (place, size), back)
    return None


def alike(case: Case) -> Reason | None:
    """Scores and targets are of one shape."""
    scores, wanted = case.tensor("input", 0), case.tensor("target", 1)
    one, other = (None if value is None else value.meta.shape for value in (scores, wanted))
    if scores is None or wanted is None or one is None or other is None or one == other:
        return None
    reason = f"{case.subject} needs a target of {words.sizes(one)}, got {words.sizes(other)}"
    hint = f"`unsqueeze({len(other)})` makes {words.sizes(one)} of the target" if one == (*other, 1) else ""
    return Reason(reason, made_by(case.index, wanted), hint, misfits=(Misfit(wanted),))


def _clash(case: Case, one: tuple[int, int], other: tuple[int, int], back: int) -> Reason:
    shapes = " with ".join(words.sizes(case.shape(place)) for place, _ in (one, other))
    reason = f"{case.node.name} cannot broadcast {shapes}: dimension -{back} is {one[1]} and {other[1]}"
    notes = tuple(note for place, size in (one, other) for note in made_by(case.index, case.values[place], str(size)))
    misfits = tuple(
        Misfit(case.values[place], len(case.shape(place) or ()) - back, needed)
        for (place, _), (_, needed) in ((one, other), (other, one))
    )
    return Reason(reason, notes, _resized(case, misfits), misfits=misfits)


def _resized(case: Case, misfits: tuple[Misfit, ...]) -> str:
    """The size that a parameter or buffer would fit with, where nothing else is in the way."""
    for one, other in (misfits, misfits[::-1]):
        node, shape, beside = case.index.nodes[one.value.producer], one.value.meta.shape, other.value.meta.shape
        if node.kind in ("parameter", "buffer") and shape and beside and one.axis is not None:
            fitting = (*shape[: one.axis], one.needed or 0, *shape[one.axis + 1 :])
            if all(size in (1, with_) for size, with_ in zip(fitting[::-1], beside[::-1], strict=False)):
                return f"`{node.name}` of {words.sizes(fitting)} fits"
    return ""


def expand(case: Case) -> Reason | None:
    """From the last axis backwards, sizes are equal, 1 before, or -1 in what is asked for."""
    shape = case.shape(0)
    target = [number(item) for item in case.rest(1)]
    if shape is None or not target or None in target:
        return None
    wanted = tuple(size for size in target if size is not None)
    for back in range(1, min(len(shape), len(wanted)) + 1):
        if wanted[-back] != -1 and shape[-back] not in (1, wanted[-back]):
            reason = f"{case.node.name} to {words.sizes(wanted)}: dimension -{back} is {shape[-back]}, not 1"
            misfit = Misfit(case.values[0], len(shape) - back, wanted[-back])
            return Reason(reason, made_by(case.index, case.values[0], str(shape[-back])), misfits=(misfit,))
    return None


def view(case: Case) -> Reason | None:
    """The number of elements stays."""
    shape = case.shape(0)
    target = [number(item) for item in case.rest(1)]
    fractions = [item for item in case.rest(1) if isinstance(item, float)]
    if fractions:
        reason = f"{case.node.name} needs whole numbers, got {fractions[0]}"
        return Reason(reason, (), "`//` in place of `/`", "argument")
    if shape is None or not target or None in target:
        return None
    wanted = tuple(size for size in target if size is not None)
    elements, fixed = math.prod(shape), math.prod(size for size in wanted if size != -1)
    spelled = words.sizes(wanted)
    if -1 in wanted and (fixed == 0 or elements % fixed):
        reason = (
            f"{case.node.name} to {spelled} needs a multiple of {fixed} elements; {words.sizes(shape)} has {elements}"
        )
    elif -1 not in wanted and elements != fixed:
        reason = f"{case.node.name} to {spelled} needs {fixed} elements; {words.sizes(shape)} has {elements}"
    else:
        return _strides(case, case.metas[0])
    misfit = Misfit(case.values[0])
    return Reason(reason, made_by(case.index, case.values[0]), _view_hint(case, shape, wanted), misfits=(misfit,))


def _view_hint(case: Case, shape: Shape, wanted: Shape) -> str:
    """The same call with a last size that keeps the batch."""
    if len(wanted) != 2 or len(shape) < 2 or wanted[0] not in (-1, shape[0]):
        return ""
    return f"{case.node.name}({wanted[0]}, {math.prod(shape[1:])})"


def _strides(case: Case, meta: TensorMeta) -> Reason | None:
    """A view needs memory in order."""
    if case.name != "view" or meta.shape is None or meta.stride is None or meta.stride == _contiguous(meta.shape):
        return None
    strides = format_literal(meta.stride)
    reason = f"view needs memory in order; {words.sizes(meta.shape)} has strides {strides}"
    hint = "reshape(...) in place of view(...)"
    return Reason(reason, made_by(case.index, case.values[0]), hint, misfits=(Misfit(case.values[0]),))


def _contiguous(shape: Shape) -> Shape:
    stride: list[int] = []
    elements = 1
    for size in reversed(shape):
        stride.append(elements)
        elements *= max(size, 1)
    return tuple(reversed(stride))
