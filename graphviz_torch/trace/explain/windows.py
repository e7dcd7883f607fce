"""Rules of convolutions and pools: channels, groups, and inputs smaller than the kernel."""

from __future__ import annotations

import math
import re

from graphviz_torch.ir.graph import Value
from graphviz_torch.trace.explain import words
from graphviz_torch.trace.explain.case import Case, Misfit, Reason, Shape, number, numbers
from graphviz_torch.trace.explain.makers import made_by

# Places of (stride, padding, dilation, groups) among the arguments.
PLACES = {"conv": (3, 4, 5, 6), "conv_transpose": (3, 4, 7, 6), "convolution": (3, 4, 5, 8)}
AXES = {1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}


def conv(case: Case) -> Reason | None:
    """Rank, then channels, then size: the order in which torch looks."""
    given, weight = case.tensor("input", 0), case.tensor("weight", 1)
    if given is None or weight is None or not given.meta.shape or not weight.meta.shape:
        return None
    shape, kernel = given.meta.shape, weight.meta.shape
    if len(shape) not in (len(kernel), len(kernel) - 1):
        return _rank(case, given, shape, kernel)
    return _channels(case, given, shape, kernel) or _too_small(case, given, shape, kernel[2:])


def _family(case: Case) -> str:
    return re.sub(r"\dd$", "", case.name)


def _groups(case: Case) -> int:
    return number(case.argument("groups", PLACES.get(_family(case), PLACES["conv"])[3])) or 1


def _inputs(case: Case, kernel: Shape) -> int:
    return kernel[0] if "transpose" in case.name else kernel[1] * _groups(case)


def _rank(case: Case, given: Value, shape: Shape, kernel: Shape) -> Reason:
    axes = "×".join(AXES.get(len(kernel) - 2, ("...",)))
    wanted = f"batch×{_inputs(case, kernel)}×{axes}"
    reason = f"{case.subject} needs {wanted}, got {words.sizes(shape)}"
    return Reason(reason, made_by(case.index, given), misfits=(Misfit(given),))


def _channels(case: Case, given: Value, shape: Shape, kernel: Shape) -> Reason | None:
    axis = len(shape) - len(kernel) + 1
    needed, got = _inputs(case, kernel), shape[axis]
    if needed == got:
        return None
    wanted = words.sizes((*shape[:axis], needed, *shape[axis + 1 :]))
    reason = f"{case.subject} needs {wanted}, got {words.sizes(shape)}"
    notes = made_by(case.index, given, words.count(got, "channel"))
    misfit = Misfit(given, axis, needed, "channels")
    hint = words.reordered(shape, needed, axis) or _conv_hint(case, shape, axis)
    if needed == 1 and axis == 0:
        hint = f"`unsqueeze(1)` gives {words.sizes((got, 1, *shape[1:]))}; without it {got} is read as channels"
    return Reason(reason, notes, hint, misfits=(misfit,))


def _conv_hint(case: Case, shape: Shape, axis: int) -> str:
    module = case.module
    if module is None or not re.fullmatch(r"(Lazy)?Conv(Transpose)?\dd", module.type_name):
        return ""
    if shape[axis] % _groups(case):
        return f"a number of channels that {_groups(case)} groups divide"
    return words.constructed(module, _0=shape[axis])


def _too_small(case: Case, given: Value, shape: Shape, kernel: Shape) -> Reason | None:
    places = PLACES.get(_family(case), PLACES["conv"])
    padding = numbers(case.argument("padding", places[1]) or 0, len(kernel))
    dilation = numbers(case.argument("dilation", places[2]) or 1, len(kernel))
    if padding is None or dilation is None or "transpose" in case.name:
        return None
    return _window(case, given, shape, kernel, padding, dilation)


def _window(case: Case, given: Value, shape: Shape, kernel: Shape, padding: Shape, dilation: Shape) -> Reason | None:
    """The kernel must fit into the padded input."""
    spatial = shape[len(shape) - len(kernel) :]
    axes = AXES.get(len(kernel), ("size",) * len(kernel))
    first = len(shape) - len(kernel)
    sizes = zip(axes, spatial, kernel, padding, dilation, strict=False)
    for place, (axis, size, edge, pad, step) in enumerate(sizes, start=first):
        least = step * (edge - 1) + 1 - 2 * pad
        if size < least:
            reason = f"{case.subject} needs a {axis} of at least {least}, got {words.sizes(shape)}"
            notes = made_by(case.index, given, f"{axis} {size}")
            return Reason(reason, notes, "a larger input, or more padding", misfits=(Misfit(given, place, None, axis),))
    return None


def pool(case: Case) -> Reason | None:
    """As for a convolution: the window must fit."""
    given = case.tensor("input", 0)
    dimensions = int(found[1]) if (found := re.search(r"(\d)d", case.name)) else 0
    if given is None or not given.meta.shape or not dimensions:
        return None
    shape = given.meta.shape
    if len(shape) not in (dimensions + 1, dimensions + 2):
        axes = "×".join(AXES.get(dimensions, ("...",)))
        reason = f"{case.subject} needs batch×channels×{axes}, got {words.sizes(shape)}"
        return Reason(reason, made_by(case.index, given), misfits=(Misfit(given),))
    kernel = numbers(case.argument("kernel_size", 1), dimensions)
    padding = numbers(case.argument("padding", 3) or 0, dimensions)
    if kernel is None or padding is None or "adaptive" in case.name:
        return None
    return _window(case, given, shape, kernel, padding, (1,) * dimensions)


def batch_norm(case: Case) -> Reason | None:
    """The channels of the input are the length of the statistics; training needs more than one value a channel."""
    given = case.tensor("input", 0)
    weights = [value for value in case.values[1:] if value.meta.shape and len(value.meta.shape) == 1]
    if given is None or not given.meta.shape or len(given.meta.shape) < 2:
        return None
    shape = given.meta.shape
    for weight in weights:
        needed = weight.meta.shape[0] if weight.meta.shape else shape[1]
        if needed != shape[1]:
            return _features(case, given, shape, needed)
    if math.prod(shape) == shape[1]:
        reason = f"{case.subject} in training needs more than one value a channel, got {words.sizes(shape)}"
        return Reason(
            reason, made_by(case.index, given), "model.eval(), or a larger batch", misfits=(Misfit(given, 0),)
        )
    return None


def _features(case: Case, given: Value, shape: Shape, needed: int) -> Reason:
    wanted = words.sizes((shape[0], needed, *shape[2:]))
    hint = words.constructed(case.module, _0=shape[1]) if case.module is not None else ""
    reason = f"{case.subject} needs {wanted}, got {words.sizes(shape)}"
    misfit = Misfit(given, 1, needed, "channels")
    return Reason(reason, made_by(case.index, given, words.count(shape[1], "channel")), hint, misfits=(misfit,))


def layer_norm(case: Case) -> Reason | None:
    """The last dimensions of the input are the normalised shape."""
    given = case.tensor("input", 0)
    wanted = case.argument("normalized_shape", 1)
    needed = tuple(size for size in wanted if isinstance(size, int)) if isinstance(wanted, tuple) else ()
    if given is None or not given.meta.shape or not needed or given.meta.shape[-len(needed) :] == needed:
        return None
    shape = given.meta.shape
    fitting = (*shape[: -len(needed)], *needed)
    hint = words.constructed(case.module, _0=shape[-len(needed) :]) if case.module is not None else ""
    reason = f"{case.subject} needs {words.sizes(fitting)}, got {words.sizes(shape)}"
    notes = made_by(case.index, given, words.sizes(shape[-len(needed) :]))
    last = Misfit(given, len(shape) - 1, needed[-1], "features") if len(needed) == 1 else Misfit(given)
    return Reason(reason, notes, _one(hint), misfits=(last,))


def _one(hint: str) -> str:
    """`LayerNorm(24)` for `LayerNorm((24,))`."""
    return re.sub(r"\((\d+),\)", r"\1", hint)


def group_norm(case: Case) -> Reason | None:
    """The groups divide the channels."""
    given, groups = case.tensor("input", 0), number(case.argument("num_groups", 1))
    if given is None or not given.meta.shape or len(given.meta.shape) < 2 or not groups:
        return None
    shape = given.meta.shape
    weight = case.shape(1)
    if weight and weight[0] != shape[1]:
        wanted = words.sizes((shape[0], weight[0], *shape[2:]))
        reason = f"{case.subject} needs {wanted}, got {words.sizes(shape)}"
        misfit = Misfit(given, 1, weight[0], "channels")
        return Reason(reason, made_by(case.index, given, words.count(shape[1], "channel")), misfits=(misfit,))
    if shape[1] % groups == 0:
        return None
    reason = f"{case.subject}: {groups} groups do not divide {words.count(shape[1], 'channel')}"
    misfit = Misfit(given, 1, None, "channels")
    return Reason(reason, made_by(case.index, given, words.count(shape[1], "channel")), misfits=(misfit,))
