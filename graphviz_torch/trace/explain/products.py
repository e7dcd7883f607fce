"""Rules of linear layers, matrix products, attention and recurrent layers: inner dimensions must agree."""

from __future__ import annotations

import math
import re

from graphviz_torch.ir.graph import Value
from graphviz_torch.trace.explain import words
from graphviz_torch.trace.explain.case import Case, Misfit, Reason, Shape, number
from graphviz_torch.trace.explain.makers import made_by

MERGES = frozenset(("view", "reshape", "flatten", "ravel"))


def linear(case: Case) -> Reason | None:
    """The last dimension of the input must be the second one of the weight."""
    given, weight = case.tensor("input", 0), case.tensor("weight", 1)
    if given is None or weight is None or not given.meta.shape or not weight.meta.shape:
        return None
    needed, got = weight.meta.shape[-1], given.meta.shape[-1]
    shape = given.meta.shape
    hint = _unmerged(case, given, needed) or words.reordered(shape, needed, len(shape) - 1) or _linear_hint(case, got)
    return None if needed == got else _last(case, given, needed, hint)


def _unmerged(case: Case, given: Value, needed: int) -> str:
    """The reshape that keeps the batch, where one before merged it and the rest of a sample would fit."""
    node = case.index.nodes[given.producer]
    before = case.index.values[node.operands[0]].meta.shape if node.kind == "call" and node.operands else None
    if node.name not in MERGES or not before or len(before) < 3 or math.prod(before[1:]) != needed:
        return ""
    return f"`flatten(1)` gives {before[0]}×{needed}: a row for each sample"


def _linear_hint(case: Case, size: int) -> str:
    module = case.module
    return words.constructed(module, in_features=size) if module is not None and module.type_name == "Linear" else ""


def _last(case: Case, given: Value, needed: int, hint: str = "") -> Reason:
    shape = given.meta.shape or ()
    reason = f"{case.subject} needs {words.sizes((*shape[:-1], needed))}, got {words.sizes(shape)}"
    misfit = Misfit(given, len(shape) - 1, needed, "features")
    return Reason(reason, made_by(case.index, given, str(shape[-1])), hint, misfits=(misfit,))


def matmul(case: Case) -> Reason | None:
    """The last dimension of the first matrix must be the last but one of the second."""
    shift = 1 if case.name in ("addmm", "baddbmm", "addbmm", "addmv") else 0
    if len(case.values) < shift + 2:
        return None
    left, right = case.values[shift : shift + 2]
    first, second = left.meta.shape, right.meta.shape
    if not first or not second:
        return _scalar(case, left, right)
    return _strict_rank(case, first, second) or _inner(case, left, right, first, second)


def _scalar(case: Case, left: Value, right: Value) -> Reason | None:
    if () not in (left.meta.shape, right.meta.shape):
        return None
    return Reason(f"{case.subject} needs matrices or vectors, got a scalar", (), "mul")


def _strict_rank(case: Case, first: Shape, second: Shape) -> Reason | None:
    ranks = {"mm": (2, 2), "bmm": (3, 3), "mv": (2, 1), "addmm": (2, 2), "baddbmm": (3, 3), "addmv": (2, 1)}
    needed = ranks.get(case.name)
    if needed is None or (len(first), len(second)) == needed:
        return None
    wanted = " and ".join(words.count(rank, "dimension") for rank in needed)
    got = f"{words.sizes(first)} and {words.sizes(second)}"
    return Reason(f"{case.subject} needs operands of {wanted}, got {got}", (), "matmul")


def _inner(case: Case, left: Value, right: Value, first: Shape, second: Shape) -> Reason | None:
    inner = second[-2] if len(second) > 1 else second[-1]
    if first[-1] != inner:
        reason = (
            f"{case.subject} of {words.sizes(first)} and {words.sizes(second)}: "
            f"the inner sizes are {first[-1]} and {inner}"
        )
        notes = (*made_by(case.index, left, str(first[-1])), *made_by(case.index, right, str(inner)))
        misfits = (Misfit(left, len(first) - 1, inner), Misfit(right, max(len(second) - 2, 0), first[-1]))
        return Reason(reason, notes, _transposed(first, second), misfits=misfits)
    return _batches(case, left, right, first, second)


def _transposed(first: Shape, second: Shape) -> str:
    fits = len(first) > 1 and len(second) > 1 and first[-1] == second[-1]
    return "transpose the second: `.transpose(-2, -1)`" if fits else ""


def _batches(case: Case, left: Value, right: Value, first: Shape, second: Shape) -> Reason | None:
    for back, (one, other) in enumerate(zip(reversed(first[:-2]), reversed(second[:-2]), strict=False), start=3):
        if one != other and (1 not in (one, other) or case.name in ("bmm", "baddbmm")):
            reason = f"{case.subject}: the batch sizes differ in dimension -{back}: {one} and {other}"
            misfits = (Misfit(left, len(first) - back, other), Misfit(right, len(second) - back, one))
            return Reason(reason, misfits=misfits)
    return None


def einsum(case: Case) -> Reason | None:
    """Each letter of the equation has one size."""
    equation = case.argument("equation", 0)
    if not isinstance(equation, str) or "." in equation:
        return None
    terms = re.sub(r"\s", "", equation).split("->")[0].split(",")
    if len(terms) != len(case.values):
        return Reason(f"einsum `{equation}` names {words.count(len(terms), 'operand')}, got {len(case.values)}")
    met: dict[str, tuple[int, int]] = {}
    for place, (term, meta) in enumerate(zip(terms, case.metas, strict=True)):
        if meta.shape is None or len(term) != len(meta.shape):
            wanted = words.count(len(term), "dimension")
            return Reason(f"einsum `{equation}`: operand {place} needs {wanted}, got {words.sizes(meta.shape)}")
        for letter, size in zip(term, meta.shape, strict=True):
            before, where = met.setdefault(letter, (size, place))
            if size != before and 1 not in (size, before):
                reason = f"einsum `{equation}`: `{letter}` is {before} in operand {where} and {size} in operand {place}"
                misfit = Misfit(case.values[place], term.index(letter), before)
                return Reason(reason, made_by(case.index, case.values[place], str(size)), misfits=(misfit,))
    return None


def attention(case: Case) -> Reason | None:
    """Query and key share their last dimension, key and value their length."""
    if len(case.values) < 3:
        return None
    query, key, value = (case.shape(place) for place in range(3))
    if not query or not key or not value:
        return None
    if query[-1] != key[-1]:
        reason = f"{case.subject}: query and key need one last size, got {query[-1]} and {key[-1]}"
        misfits = (Misfit(case.values[0], len(query) - 1, key[-1]), Misfit(case.values[1], len(key) - 1, query[-1]))
        return Reason(reason, made_by(case.index, case.values[1], str(key[-1])), misfits=misfits)
    if len(key) > 1 and len(value) > 1 and key[-2] != value[-2]:
        reason = f"{case.subject}: key and value need one length, got {key[-2]} and {value[-2]}"
        misfits = (Misfit(case.values[1], len(key) - 2, value[-2]), Misfit(case.values[2], len(value) - 2, key[-2]))
        return Reason(reason, misfits=misfits)
    return None


def multi_head(case: Case) -> Reason | None:
    """The last dimension of the query is the embedding's size."""
    query, size = case.tensor("query", 0), number(case.argument("embed_dim_to_check", 3))
    if query is None or not query.meta.shape or size is None:
        return None
    if query.meta.shape[-1] != size:
        return _last(case, query, size)
    return _keys(case, size) or _padding(case) or _mask(case, query)


def _keys(case: Case, size: int) -> Reason | None:
    """Keys and values are of the embedding's size too, where the layer was not told others."""
    if case.argument("use_separate_proj_weight", -1) is True:
        return None
    for name, place in (("key", 1), ("value", 2)):
        given = case.tensor(name, place)
        if given is not None and given.meta.shape and given.meta.shape[-1] != size:
            others = ", ".join(f"{one}={found[-1]}" for one, found in _others(case, size))
            return _last(case, given, size, f"`{others}` where the layer is made")
    return None


def _others(case: Case, size: int) -> list[tuple[str, Shape]]:
    """The arguments that say other sizes of keys and values."""
    given = (("kdim", case.tensor("key", 1)), ("vdim", case.tensor("value", 2)))
    shapes = ((name, value.meta.shape) for name, value in given if value is not None)
    return [(name, shape) for name, shape in shapes if shape and shape[-1] != size]


def _mask(case: Case, query: Value) -> Reason | None:
    """The mask of attention is queries by keys."""
    key, mask = case.tensor("key", 1), case.tensor("attn_mask", -1)
    if key is None or mask is None or not query.meta.shape or not key.meta.shape or len(query.meta.shape) != 3:
        return None
    found, needed, batch = mask.meta.shape or (), (query.meta.shape[0], key.meta.shape[0]), query.meta.shape[1]
    if len(found) != 2 or found == needed:
        return None
    reason = f"{case.subject} needs a mask of {words.sizes(needed)}, queries by keys, got {words.sizes(found)}"
    hint = f"`key_padding_mask` takes one of {words.sizes(found)}" if found == (batch, needed[1]) else ""
    return Reason(reason, (), hint, misfits=(Misfit(mask),))


def _padding(case: Case) -> Reason | None:
    """The padding mask is batch by keys."""
    key, mask = case.tensor("key", 1), case.tensor("key_padding_mask", 14)
    if key is None or mask is None or key.meta.shape is None or len(key.meta.shape) != 3:
        return None
    needed, found = (key.meta.shape[1], key.meta.shape[0]), mask.meta.shape or ()
    if found == needed:
        return None
    reason = f"{case.subject} needs a padding mask of {words.sizes(needed)}, got {words.sizes(found)}"
    turned = found == needed[::-1]
    note = f"it reads {words.sizes(key.meta.shape)} as {needed[1]} keys of a batch of {needed[0]}"
    hint = "batch_first=True, if the batch comes first" if turned else ""
    return Reason(reason, (note,), hint, misfits=(Misfit(mask),))


def recurrent(case: Case) -> Reason | None:
    """The last dimension of the input is the layer's input size."""
    module = case.module
    if module is None or not case.values or not case.metas[0].shape:
        return None
    plain, _ = words.arguments(module)
    needed = int(plain[0]) if plain and plain[0].isdigit() else None
    got = case.metas[0].shape[-1]
    if needed is None or needed == got:
        return None
    return _last(case, case.values[0], needed, words.constructed(module, _0=got))
