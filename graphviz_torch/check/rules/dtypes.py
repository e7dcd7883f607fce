"""D005: types of elements that do not fit, or that grow wider without anybody asking for it.

1. A run that raised because of types.
2. An operation of the model's own type with a wider tensor gives the wider type. Told where it begins, unless a cast
   takes it back before it leaves; what was cast on purpose is not told of.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator

from graphviz_torch.check.describe import operation_words, place_words
from graphviz_torch.check.evidence import Evidence
from graphviz_torch.check.finding import Finding
from graphviz_torch.check.rule import Rule
from graphviz_torch.check.rules.failures import blamed, finding_of_failure
from graphviz_torch.check.rules.placed import finding_at
from graphviz_torch.ir.graph import Graph, Node, Value
from graphviz_torch.ir.walks import GraphIndex

WIDTHS = {"bfloat16": 16, "float16": 16, "float32": 32, "float64": 64}
CASTS = frozenset(("to", "type", "type_as", "float", "double", "half", "bfloat16"))


def unfit(evidence: Evidence) -> Iterator[Finding]:
    """An operation raised because of the types of what it read."""
    reason = evidence.reason
    if reason is not None and blamed(evidence) == "D005":
        begun = tuple(_begun(evidence.index, one.value) for one in reason.misfits[:1])
        yield finding_of_failure(evidence, "D005", reason.reason, notes=(*reason.notes, *begun), help=reason.hint)


def _begun(index: GraphIndex, value: Value) -> str:
    """Where the type of a value comes in: an operation made it, or read it from outside."""
    reader, node = None, index.nodes[value.producer]
    while (found := _with_type(index, node, value.meta.dtype)) is not None:
        reader, node = node, index.nodes[found.producer]
    words = operation_words(index, node)
    if node.kind == "constant" and node.name in ("", "external"):
        words = "a tensor from outside of torch"
    if node.source is not None:
        return f"{value.meta.dtype} comes from {words} at {place_words(node.source)}"
    at = f", read at {place_words(reader.source)}" if reader is not None and reader.source is not None else ""
    return f"{value.meta.dtype} comes from {words}{at}"


def _with_type(index: GraphIndex, node: Node, dtype: str) -> Value | None:
    """What an operation read that had the type already."""
    values = [index.values[operand] for operand in node.operands] if node.kind == "call" else []
    return next((value for value in values if value.meta.dtype == dtype), None)


def creeps(evidence: Evidence) -> Iterator[Finding]:
    """The first operation of each way on which the type grows wider."""
    index, own = evidence.index, _own_type(evidence.graph)
    if not evidence.complete or own not in WIDTHS:
        return
    told: set[str] = set()
    for node in evidence.graph.nodes:
        wide = _widened_by(index, node, own)
        if told.intersection(node.operands):
            told.update(result for result in node.results if _wider(index.values[result], own))
        elif wide is not None and node.results and _leaves(index, node.results[0], own):
            told.update(node.results)
            yield _finding(evidence, node, wide, own)


def _own_type(graph: Graph) -> str:
    """The floating type of most of the parameters' elements."""
    counts: Counter[str] = Counter()
    for module in graph.modules:
        for tensor in module.parameters:
            if tensor.meta.dtype in WIDTHS:
                counts[tensor.meta.dtype] += math.prod(tensor.meta.shape or ())
    return counts.most_common(1)[0][0] if counts else ""


def _wider(value: Value, own: str) -> bool:
    return WIDTHS.get(value.meta.dtype, 0) > WIDTHS[own]


def _widened_by(index: GraphIndex, node: Node, own: str) -> Value | None:
    """The operand that makes the result of an operation wider than its other ones are; scalars make none."""
    if node.kind != "call" or node.name in CASTS or not node.results or not _wider(index.values[node.results[0]], own):
        return None
    values = [index.values[operand] for operand in node.operands]
    if not any(value.meta.dtype == own and value.meta.shape != () for value in values):
        return None
    return next((value for value in values if value.meta.shape != () and _wider(value, own)), None)


def _leaves(index: GraphIndex, start: str, own: str) -> bool:
    """Whether what came out wider reaches an output so, or a weight of the model's own type."""
    todo, seen = [start], {start}
    while todo:
        for reader in index.consumers.get(todo.pop(), ()):
            node = index.nodes[reader]
            if node.kind == "output":
                return True
            for result in node.results:
                if result not in seen and _wider(index.values[result], own):
                    seen.add(result)
                    todo.append(result)
    return False


def _finding(evidence: Evidence, node: Node, wide: Value, own: str) -> Finding:
    index = evidence.index
    made = index.values[node.results[0]].meta.dtype
    cause = operation_words(index, index.nodes[wide.producer])
    return finding_at(
        evidence,
        node,
        "D005",
        f"`{node.name}` of {own} with {wide.meta.dtype} from {cause} gives {made}, in a model of {own}",
        notes=("nothing casts it back before it leaves the model",),
    )


def both(evidence: Evidence) -> Iterator[Finding]:
    """What does not fit, and what creeps."""
    yield from unfit(evidence)
    yield from creeps(evidence)


RULES = (Rule("D005", "dtype does not fit, or creeps", "error", both, default=True),)
