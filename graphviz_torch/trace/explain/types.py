"""Rules of devices and types of elements."""

from __future__ import annotations

from graphviz_torch.ir.graph import Value
from graphviz_torch.trace.explain import words
from graphviz_torch.trace.explain.case import Case, Misfit, Reason, value_name
from graphviz_torch.trace.explain.makers import made_by, maker

MIXES_DEVICES = ("to", "cuda", "cpu", "copy", "getitem", "setitem", "index", "index_put", "type_as", "passthrough")

# Argument, its place, and whether a mask of floating point is added to scores.
MASKS = (
    ("mask", 1, False), ("condition", 0, False), ("attn_mask", -1, True), ("key_padding_mask", -1, True)
)  # fmt: skip


def devices(case: Case) -> Reason | None:
    """All operands are on one device; a scalar on the CPU may join any."""
    if case.name in MIXES_DEVICES:
        return None
    placed = [
        (place, value) for place, value in enumerate(case.values)
        if value.meta.device and not (value.meta.device == "cpu" and value.meta.shape == ())
    ]  # fmt: skip
    found = list(dict.fromkeys(value.meta.device for _, value in placed))
    if len(found) < 2:
        return None
    parts = ", ".join(f"{case.named(place)} on {value.meta.device}" for place, value in placed)
    strays = tuple(Misfit(value) for _, value in placed)
    hint = _move(case, [value for _, value in placed])
    return Reason(f"{case.subject} needs one device: {parts}", (), hint, "device", strays)


def _move(case: Case, placed: list[Value]) -> str:
    """Move what is no weight to where the weights are."""
    weights = [value for value in placed if _is_weight(case, value)]
    home = (weights or placed)[0].meta.device
    stray = next((value for value in placed if value.meta.device != home), None)
    if stray is None:
        return ""
    node = case.index.nodes[maker(case.index, stray).producer]
    name = node.name if node.kind == "input" else "it" if not _is_weight(case, stray) else "the model"
    return f'{name}.to("{home}")' if name != "it" else f'`.to("{home}")` after {node.name}'


def _is_weight(case: Case, value: Value) -> bool:
    return case.index.nodes[value.producer].kind in ("parameter", "buffer")


def dtypes(case: Case) -> Reason | None:
    """Products do not convert: all their operands have one type."""
    found = [(place, value) for place, value in enumerate(case.values) if value.meta.dtype]
    if len({value.meta.dtype for _, value in found}) < 2:
        return None
    weights = [value.meta.dtype for _, value in found if _is_weight(case, value)]
    needed = (weights or [found[-1][1].meta.dtype])[0]
    place, stray = next((place, value) for place, value in found if value.meta.dtype != needed)
    reason = f"{case.subject} needs {needed}, got {stray.meta.dtype} from {case.named(place)}"
    node = case.index.nodes[stray.producer]
    name = node.name if node.kind == "input" else ""
    hint = f"{name}.to(torch.{needed})" if name else f"`.to(torch.{needed})` before it"
    return Reason(reason, (), hint, "dtype", (Misfit(stray),))


def targets(case: Case) -> Reason | None:
    """Class indices are integers; targets that are probabilities have the shape of the scores."""
    scores, wanted = case.tensor("input", 0), case.tensor("target", 1)
    if scores is None or wanted is None or scores.meta.shape is None or wanted.meta.shape is None:
        return None
    if not wanted.meta.dtype.startswith(("float", "bfloat")):
        return _classes(case, scores, wanted)
    if len(wanted.meta.shape) == len(scores.meta.shape):
        return None
    reason = f"{case.subject} needs int64 class indices, got {wanted.meta.dtype} from {case.named(1)}"
    return Reason(reason, (), _before(case, wanted, "long"), "dtype", (Misfit(wanted),))


def _classes(case: Case, scores: Value, wanted: Value) -> Reason | None:
    """A class for each row of scores, and each the index of one."""
    rows, got = scores.meta.shape or (), wanted.meta.shape or ()
    needed = (rows[0], *rows[2:]) if len(rows) > 1 else ()
    if len(rows) > 1 and got == rows:
        reason = f"{case.subject} takes {words.sizes(got)} for probabilities, which are no {wanted.meta.dtype}"
        return Reason(reason, (), _before(case, wanted, "float"), "dtype", (Misfit(wanted),))
    if len(rows) > 1 and got != needed:
        reason = f"{case.subject} of scores {words.sizes(rows)} needs a target of {words.sizes(needed)}"
        hint = f"`squeeze(1)` makes {words.sizes(needed)} of the target" if got == (rows[0], 1, *rows[2:]) else ""
        misfits = _lengths(scores, wanted) if len(got) == len(needed) else (Misfit(wanted),)
        return Reason(f"{reason}, got {words.sizes(got)}", made_by(case.index, wanted), hint, misfits=misfits)
    return _outside(case, rows, wanted) if case.failure.exception == "IndexError" else None


def _lengths(scores: Value, wanted: Value) -> tuple[Misfit, ...]:
    """The first dimension in which scores and targets differ, of both."""
    rows, got = scores.meta.shape or (), wanted.meta.shape or ()
    axes = [0, *range(2, len(rows))]
    place = next(place for place, axis in enumerate(axes) if rows[axis] != got[place])
    return Misfit(scores, axes[place], got[place]), Misfit(wanted, place, rows[axes[place]])


def _outside(case: Case, rows: tuple[int, ...], wanted: Value) -> Reason | None:
    classes = rows[1 if len(rows) > 1 else 0] if rows else 0
    reason = f"{case.subject} has scores of {classes} classes; a target is none of 0 to {classes - 1}"
    note = f"the targets are {case.named(1)}, the scores {case.named(0)}"
    return Reason(reason, (note,), "", "index", (Misfit(wanted),)) if classes else None


def _before(case: Case, value: Value, cast: str) -> str:
    """`labels.long()` for an input, else words for what has no name."""
    node = case.index.nodes[value.producer]
    return f"{node.name}.{cast}()" if node.kind == "input" else f"`.{cast}()` before it"


def indices(case: Case) -> Reason | None:
    """What picks elements is of int64."""
    for name, place in (("index", 2), ("indices", 1), ("index", 1)):
        found = case.tensor(name, place)
        if found is not None and found.meta.dtype.startswith(("float", "bfloat")):
            reason = f"{case.subject} needs int64 indices, got {found.meta.dtype} from {value_name(case.index, found)}"
            return Reason(reason, (), _before(case, found, "long"), "dtype", (Misfit(found),))
    return None


def embedding(case: Case) -> Reason | None:
    """Indices are integers, and smaller than the table."""
    indices, weight = case.tensor("input", 0), case.tensor("weight", 1)
    if indices is None or weight is None:
        return None
    if indices.meta.dtype not in ("int64", "int32"):
        reason = f"{case.subject} needs int64 indices, got {indices.meta.dtype} from {case.named(0)}"
        return Reason(reason, (), _before(case, indices, "long"), "dtype", (Misfit(indices),))
    if case.failure.exception == "IndexError" and weight.meta.shape:
        last = weight.meta.shape[0] - 1
        return Reason(
            f"{case.subject} has rows 0 to {last}; an index of {words.sizes(indices.meta.shape)} is outside",
            (f"the indices are {case.named(0)}",),
            f"indices below {last + 1}, or a larger table",
            "index",
            (Misfit(indices),),
        )
    return None


def masks(case: Case) -> Reason | None:
    """Masks are of bool; those of attention may be added as well, and then are of floating point."""
    for name, place, added in MASKS:
        mask = case.tensor(name, place)
        if mask is None or mask.meta.dtype in ("bool", "uint8") or (added and "float" in mask.meta.dtype):
            continue
        noun = "condition" if name == "condition" else "mask"
        reason = f"{case.subject} needs a {noun} of bool, got {mask.meta.dtype} from {value_name(case.index, mask)}"
        return Reason(reason, (), _before(case, mask, "bool"), "dtype", (Misfit(mask),))
    return None
