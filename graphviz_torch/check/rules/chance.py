"""M003: a model that answers otherwise each time it is called in evaluation: by chance, or by what it keeps."""

from __future__ import annotations

from collections.abc import Iterator

from graphviz_torch.check.describe import built
from graphviz_torch.check.evidence import Evidence
from graphviz_torch.check.finding import Finding
from graphviz_torch.check.rule import Rule
from graphviz_torch.check.rules.placed import finding_at
from graphviz_torch.ir.graph import Node
from graphviz_torch.trace.probes.records import ValueStats

# Sums of many threads can differ in their last digits.
TOLERANCE = 1e-5


def differs(evidence: Evidence) -> Iterator[Finding]:
    """The operations that draw, of what the answer depends on; else what a call leaves for the next one."""
    if not evidence.complete or evidence.graph.origin.training:
        return
    drawn = list(_drawn(evidence))
    for node in drawn:
        yield _finding(
            evidence, node, "`{}` draws anew in each call, in evaluation too", "with another seed it differs"
        )
    if not drawn and evidence.remembers:
        left = next(_left(evidence), None)
        if left is not None:
            yield _finding(
                evidence, left, "what `{}` makes is kept, and changes the next call", "the same input, called twice"
            )
        else:
            root = evidence.index.modules[""]
            yield Finding(
                "M003",
                "warning",
                f"two calls of `{root.type_name}` give two answers",
                type=built(root),
                source=evidence.forward("").source,
                notes=("it keeps something that is no tensor of its modules",),
            )


def _drawn(evidence: Evidence) -> Iterator[Node]:
    """Operations whose results another seed changes though what they read is the same."""
    one, other = evidence.stats, evidence.again
    changed = {
        value
        for value in one.keys() & other.keys()
        if "empty" not in _maker(evidence, value) and _far(one[value], other[value])
    }
    for node in evidence.graph.nodes:
        drew = not changed.isdisjoint(node.results) and changed.isdisjoint(node.operands)
        if drew and node.kind == "call" and node.id in evidence.flow.needed:
            yield node


def _maker(evidence: Evidence, value: str) -> str:
    found = evidence.index.values.get(value)
    return evidence.index.nodes[found.producer].name if found is not None else ""


def _far(one: ValueStats, other: ValueStats) -> bool:
    if (one.elements, one.nan, one.inf) != (other.elements, other.nan, other.inf):
        return True
    pairs = ((one.minimum, other.minimum), (one.maximum, other.maximum), (one.mean, other.mean), (one.std, other.std))
    return any(abs(a - b) > TOLERANCE * max(abs(a), abs(b), 1.0) for a, b in pairs)


def _left(evidence: Evidence) -> Iterator[Node]:
    """What makes values that outlive the run: on attributes, or in the memory of buffers."""
    buffers = {value.id for value in evidence.graph.values if value.version and _of_buffer(evidence, value.id)}
    for node in evidence.graph.nodes:
        if node.kind == "call" and not (evidence.run.kept | buffers).isdisjoint(node.results):
            yield node


def _of_buffer(evidence: Evidence, value: str) -> bool:
    found = evidence.index.values[value]
    while found.view_of is not None:
        found = evidence.index.values[found.view_of]
    return evidence.index.nodes[found.producer].kind == "buffer"


def _finding(evidence: Evidence, node: Node, message: str, note: str) -> Finding:
    return finding_at(
        evidence,
        node,
        "M003",
        message.format(node.name),
        notes=(note,),
    )


RULES = (Rule("M003", "not deterministic in eval", "warning", differs),)
