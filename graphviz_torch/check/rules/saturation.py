"""N003: rectifiers that are zero everywhere; sigmoids, tanhs and softmaxes at their limits: nothing learns there."""

from __future__ import annotations

from collections.abc import Iterator

from graphviz_torch.check.describe import operation_words, sizes
from graphviz_torch.check.evidence import Evidence
from graphviz_torch.check.finding import Finding, Step
from graphviz_torch.check.rule import Rule
from graphviz_torch.check.rules.numbers import range_words
from graphviz_torch.check.rules.placed import finding_at
from graphviz_torch.ir.graph import Node
from graphviz_torch.trace.probes.records import ValueStats

FEWEST = 32  # elements: what a few of them do is chance
NEARLY_ALL = 0.9
ONE_HOT = 0.95
SHORTEST_ROW = 4
MASKED = -9999.0  # what is added to a score that shall not count
RECTIFIERS = frozenset(("relu", "relu6", "threshold"))
HIGHEST = {"sigmoid": "0 or 1", "hardsigmoid": "0 or 1", "tanh": "-1 or 1", "hardtanh": "-1 or 1"}


def saturated(evidence: Evidence) -> Iterator[Finding]:
    """Activations through which hardly any gradient goes, for this input."""
    for node in evidence.graph.nodes:
        if node.kind != "call" or not node.operands or not node.results:
            continue
        read, made = evidence.stats.get(node.operands[0]), evidence.stats.get(node.results[0])
        if read is None or made is None or made.elements < FEWEST or not _learns(evidence, node):
            continue
        message = _message(node, _units(evidence.index.values[node.results[0]].meta.shape or ()), read, made)
        if message:
            yield _finding(evidence, node, message)


def _learns(evidence: Evidence, node: Node) -> bool:
    return evidence.index.values[node.operands[0]].meta.requires_grad


def _units(shape: tuple[int, ...]) -> int:
    """How many units a result is of: channels of an image, else the last dimension."""
    if len(shape) < 2:
        return 0
    return shape[1 if len(shape) in (2, 4, 5) else -1]


def _message(node: Node, units: int, read: ValueStats, made: ValueStats) -> str:
    name = node.name
    word = name.strip("_")
    if word in RECTIFIERS and units > 1 and made.zeros == 1.0 and read.maximum < 0:
        return f"`{name}` is off: all of its {units:,} units give zero, so that nothing before it learns"
    if word in HIGHEST and made.saturated is not None and made.saturated >= NEARLY_ALL:
        return f"`{name}` is saturated: {made.saturated:.0%} of what it gives is within a thousandth of {HIGHEST[word]}"
    if word == "softmax" and _one_hot(read, made):
        return f"`{name}` is one-hot: a single element takes nearly all in each row"
    return ""


def _one_hot(read: ValueStats, made: ValueStats) -> bool:
    """Whether rows have a single large element: the sum of squares of a row is then 1, and 1/n where all are equal."""
    if not made.finite or not made.mean or not read.finite or read.minimum <= MASKED:
        return False
    length = round(1 / made.mean)
    return length >= SHORTEST_ROW and length * (made.std**2 + made.mean**2) >= ONE_HOT


def _finding(evidence: Evidence, node: Node, message: str) -> Finding:
    index = evidence.index
    before = index.nodes[index.values[node.operands[0]].producer]
    steps = [(before, node.operands[0]), (node, node.results[0])]
    return finding_at(
        evidence,
        node,
        "N003",
        message,
        dataflow=tuple(
            Step(
                operation_words(index, step),
                sizes(index.values[value].meta.shape),
                step.source,
                range_words(evidence.stats[value]),
            )
            for step, value in steps
        ),
        notes=("this is so for this input; another can show another picture",),
    )


RULES = (Rule("N003", "dead or saturated activations", "warning", saturated, needs=frozenset(("stats",))),)
