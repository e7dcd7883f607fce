"""Rules of devices and types of elements."""

from __future__ import annotations

from graphviz_torch.ir.graph import Value
from graphviz_torch.trace.explain import words
from graphviz_torch.trace.explain.case import Case, Misfit, Reason
from graphviz_torch.trace.explain.makers import maker

MIXES_DEVICES = ("to", "cuda", "cpu", "copy", "getitem", "setitem", "index", "index_put", "type_as", "passthrough")


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
    if scores is None or wanted is None or not wanted.meta.dtype.startswith(("float", "bfloat")):
        return None
    if scores.meta.shape is None or wanted.meta.shape is None or len(wanted.meta.shape) == len(scores.meta.shape):
        return None
    reason = f"{case.subject} needs int64 class indices, got {wanted.meta.dtype} from {case.named(1)}"
    node = case.index.nodes[wanted.producer]
    hint = f"{node.name}.long()" if node.kind == "input" else "`.long()` before it"
    return Reason(reason, (), hint, "dtype", (Misfit(wanted),))


def embedding(case: Case) -> Reason | None:
    """Indices are integers, and smaller than the table."""
    indices, weight = case.tensor("input", 0), case.tensor("weight", 1)
    if indices is None or weight is None:
        return None
    if indices.meta.dtype not in ("int64", "int32"):
        reason = f"{case.subject} needs int64 indices, got {indices.meta.dtype} from {case.named(0)}"
        node = case.index.nodes[indices.producer]
        hint = f"{node.name}.long()" if node.kind == "input" else "`.long()` before it"
        return Reason(reason, (), hint, "dtype", (Misfit(indices),))
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
