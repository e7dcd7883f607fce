"""S002: an outer broadcast that nobody wrote: `[B, 1]` with `[B]` gives `[B, B]`.

1. One operand has the shape of the other and a last dimension of 1, and the result is larger than each.
2. That last dimension was not made there by `unsqueeze`, an index of `None`, a reshape, `keepdim` and the like: who
   writes one of these means the outer result.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from graphviz_torch.check.axes import handed_on
from graphviz_torch.check.describe import operation_words, sizes
from graphviz_torch.check.evidence import Evidence
from graphviz_torch.check.finding import Finding, Step
from graphviz_torch.check.rule import Rule
from graphviz_torch.check.rules.placed import finding_at
from graphviz_torch.ir.graph import Node, Value

SIGNS = {"add": "+", "sub": "-", "rsub": "-", "mul": "*", "div": "/", "rdiv": "/", "pow": "**"}
LOSSES = frozenset(("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "gaussian_nll_loss", "poisson_nll_loss"))
PAIRED = LOSSES | frozenset((*SIGNS, "subtract", "multiply", "true_divide", "maximum", "minimum"))
# They make a last dimension of 1 that nobody asked for: that of a layer with one feature, or of an input.
LAYERS = frozenset(("linear", "embedding", "conv1d", "matmul", "mm", "addmm", "lstm", "gru"))


@dataclass(frozen=True, slots=True)
class Pair:
    """A column and what it should have been lined up with."""

    column: Value
    row: Value
    result: tuple[int, ...]


def outer(evidence: Evidence) -> Iterator[Finding]:
    """Each operation that pairs every sample with every other by mistake."""
    for node in evidence.graph.nodes:
        if node.kind == "call" and node.name.strip("_") in PAIRED and len(node.operands) >= 2:
            pair = _pair(evidence, node)
            if pair is not None and _unasked(evidence, pair.column):
                yield _finding(evidence, node, pair)


def _pair(evidence: Evidence, node: Node) -> Pair | None:
    one, other = (evidence.index.values[operand] for operand in node.operands[:2])
    for column, row in ((one, other), (other, one)):
        long, short = column.meta.shape, row.meta.shape
        if not long or not short or long != (*short, 1):
            continue
        result = (*(max(pair) for pair in zip(long[:-1], (1, *short[:-1]), strict=True)), short[-1])
        if math.prod(result) > math.prod(short):
            return Pair(column, row, result)
    return None


def _unasked(evidence: Evidence, column: Value) -> bool:
    """Whether the last dimension of 1 comes from a layer with one feature or from an input."""
    value, axis = column, len(column.meta.shape or ()) - 1
    while (found := handed_on(evidence.index, value, axis)) is not None:
        if evidence.index.nodes[value.producer].name in LAYERS:
            return True
        value, axis = found
    node = evidence.index.nodes[value.producer]
    return node.kind == "input" or node.name in LAYERS


def _finding(evidence: Evidence, node: Node, pair: Pair) -> Finding:
    column, row = pair.column.meta.shape or (), pair.row.meta.shape or ()
    sign = SIGNS.get(node.name.strip("_"), node.name)
    first, second = (column, row) if node.operands[0] == pair.column.id else (row, column)
    times = math.prod(pair.result) // math.prod(row)
    return finding_at(
        evidence,
        node,
        "S002",
        f"`{sign}` of {sizes(first)} and {sizes(second)} gives {sizes(pair.result)}: "
        "each element of one meets each of the other",
        dataflow=(
            _step(evidence, pair.column),
            _step(evidence, pair.row),
            Step(operation_words(evidence.index, node), sizes(pair.result), node.source),
        ),
        notes=(f"the result is larger than each operand: {times} times as many pairs as there are elements",),
        help=f"`squeeze(-1)` of what `{_maker(evidence, pair.column)}` made takes off its last dimension, "
        f"for {sizes(row)}",
    )


def _maker(evidence: Evidence, value: Value) -> str:
    return operation_words(evidence.index, evidence.index.nodes[value.producer])


def _step(evidence: Evidence, value: Value) -> Step:
    node = evidence.index.nodes[value.producer]
    return Step(operation_words(evidence.index, node), sizes(value.meta.shape), node.source)


RULES = (Rule("S002", "outer broadcast", "warning", outer),)
