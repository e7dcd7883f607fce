"""S005: a convolution or pooling that looks at one pixel, with nothing but padding around it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from graphviz_torch.check.describe import module_at, operation_words, sizes
from graphviz_torch.check.evidence import Evidence
from graphviz_torch.check.finding import Finding, Step
from graphviz_torch.check.provenance import excerpt, origin
from graphviz_torch.check.rule import Rule
from graphviz_torch.check.rules.placed import finding_at
from graphviz_torch.ir.graph import Node

CONVOLUTION = re.compile(r"conv([23])d|convolution")
POOLING = re.compile(r"(max|avg|lp)_pool([23])d(_with_indices)?")
# Dimensions before the spatial ones: batch and channels.
BEFORE = 2


def too_early(evidence: Evidence) -> Iterator[Finding]:
    """The first operation with a kernel on a single pixel; those after it have the same cause."""
    found = [node for node in evidence.graph.nodes if _on_one_pixel(evidence, node)]
    if not found:
        return
    first, *more = found
    modules = [module_at(evidence.index, node.module_call) for node in more]
    later = list(dict.fromkeys(module.path for module in modules if module is not None))
    notes = ["every weight of the kernel but that in its middle meets padding alone"]
    if later:
        notes.append(f"so do the {len(later)} after it: {', '.join(later[:4])}")
    value = evidence.index.values[first.operands[0]]
    way = excerpt(evidence.index, origin(evidence.index, value, len(value.meta.shape or ()) - 1))
    result = evidence.index.values[first.results[0]].meta.shape
    yield finding_at(
        evidence,
        first,
        "S005",
        f"`{operation_words(evidence.index, first)}` looks with a kernel of {sizes(_kernel(evidence, first))} "
        f"at {sizes((value.meta.shape or ())[BEFORE:])}: there is nothing left to look at",
        dataflow=(*way, Step(operation_words(evidence.index, first), sizes(result), first.source)),
        notes=tuple(notes),
    )


def _on_one_pixel(evidence: Evidence, node: Node) -> bool:
    if node.kind != "call" or not node.operands or not node.results:
        return False
    kernel = _kernel(evidence, node)
    shape = evidence.index.values[node.operands[0]].meta.shape or ()
    spatial = shape[len(shape) - len(kernel) :]
    return len(kernel) > 1 and len(shape) > len(kernel) and set(spatial) == {1} and min(kernel) > 1


def _kernel(evidence: Evidence, node: Node) -> tuple[int, ...]:
    """The size of the kernel in two or three dimensions; empty for what has none."""
    if CONVOLUTION.fullmatch(node.name) and len(node.operands) > 1:
        return (evidence.index.values[node.operands[1]].meta.shape or ())[BEFORE:]
    pooling = POOLING.fullmatch(node.name)
    if pooling is None:
        return ()
    given = dict(node.attributes).get("kernel_size")
    if isinstance(given, int):
        return (given,) * int(pooling[2])
    return tuple(size for size in given if isinstance(size, int)) if isinstance(given, tuple) else ()


RULES = (Rule("S005", "spatial size reaches 1 too early", "warning", too_early),)
