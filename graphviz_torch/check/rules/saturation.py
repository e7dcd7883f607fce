"""N003: rectifiers that are zero in most of their units; activations at their limits: nothing learns there."""

from __future__ import annotations

from collections.abc import Iterator

from graphviz_torch.check.describe import operation_words, sizes
from graphviz_torch.check.evidence import Evidence
from graphviz_torch.check.finding import Finding, Step
from graphviz_torch.check.rule import Rule
from graphviz_torch.check.rules.numbers import range_words
from graphviz_torch.check.rules.placed import finding_at
from graphviz_torch.check.units import Units, units
from graphviz_torch.ir.graph import Node
from graphviz_torch.ir.walks import reachable, successors
from graphviz_torch.trace.probes.records import ValueStats

FEWEST = 32  # elements: what a few of them do is chance
NEARLY_ALL = 0.9
ONE_HOT = 0.95
SHORTEST_ROW = 4
MASKED = -9999.0  # what is added to a score that shall not count
PROBABILITIES = frozenset(("sigmoid", "softmax"))
LIMITS = {"sigmoid": "0 or 1", "hardsigmoid": "0 or 1", "tanh": "-1 or 1", "relu6": "6"}
# Where a smooth rectifier has a slope of less than a millionth. Nearer to zero a unit has some, and can come back.
FLAT = {"gelu": -5.5, "silu": -17.0, "mish": -17.0, "softplus": -14.0}


def saturated(evidence: Evidence) -> Iterator[Finding]:
    """Activations through which hardly any gradient goes, for this input."""
    for node in evidence.graph.nodes:
        if node.kind != "call" or not node.operands or not node.results:
            continue
        read, made = evidence.stats.get(node.operands[0]), evidence.stats.get(node.results[0])
        if read is None or made is None or made is read or made.elements < FEWEST or not _learns(evidence, node):
            continue
        message = _message(node, _units(evidence.index.values[node.results[0]].meta.shape or ()), read, made)
        if message and not _answers(evidence, node):
            yield _finding(evidence, node, message)
        elif made.silent and made.zeros > 0.5 and (found := units(evidence, node)) is not None and found.unlikely:
            yield _partly(evidence, node, found)


def _learns(evidence: Evidence, node: Node) -> bool:
    return evidence.index.values[node.operands[0]].meta.requires_grad


def _answers(evidence: Evidence, node: Node) -> bool:
    """Whether it makes probabilities that nothing learned goes together with again: a certain answer is 0 or 1."""
    if node.name.strip("_") not in PROBABILITIES:
        return False
    index = evidence.index
    after = reachable([node.id], successors(index))
    read = (index.values[value] for name in after if name != node.id for value in index.nodes[name].operands)
    return not any(value.meta.requires_grad and value.producer not in after for value in read)


def _units(shape: tuple[int, ...]) -> int:
    """How many units a result is of: channels of an image, else the last dimension."""
    if len(shape) < 2:
        return 0
    return shape[1 if len(shape) in (2, 4, 5) else -1]


def _message(node: Node, count: int, read: ValueStats, made: ValueStats) -> str:
    name, word = node.name, node.name.strip("_")
    if made.silent and count > 1 and made.zeros == 1.0 and read.maximum < 0:
        return f"`{name}` is off: all of its {count:,} units give zero, so that nothing before it learns"
    if word in FLAT and read.finite and read.maximum < FLAT[word]:
        return f"`{name}` is off: all that it reads is below {FLAT[word]:g}, where its slope is under a millionth"
    if made.saturated is not None and made.saturated >= NEARLY_ALL:
        return f"`{name}` is saturated: {made.saturated:.0%} of what it gives is within a thousandth of {_limits(node)}"
    if word == "softmax" and _one_hot(read, made):
        return f"`{name}` is one-hot: a single element takes nearly all in each row"
    return ""


def _limits(node: Node) -> str:
    if node.name.strip("_") != "hardtanh":
        return LIMITS[node.name.strip("_")]
    told = dict(node.attributes)
    low, high = told.get("min_val", -1.0), told.get("max_val", 1.0)
    return f"{low:g} or {high:g}" if low else f"{high:g}"


def _one_hot(read: ValueStats, made: ValueStats) -> bool:
    """Whether rows have a single large element: the sum of squares of a row is then 1, and 1/n where all are equal."""
    if not made.finite or not made.mean or not read.finite or read.minimum <= MASKED:
        return False
    length = round(1 / made.mean)
    return length >= SHORTEST_ROW and length * (made.std**2 + made.mean**2) >= ONE_HOT


def _partly(evidence: Evidence, node: Node, found: Units) -> Finding:
    share = f"{found.dead:,} of its {found.count:,} units"
    message = f"`{node.name}` is off in {share}: they give zero throughout and do not learn"
    samples = "1 sample" if found.samples == 1 else f"{found.samples:,} samples"
    places = f", each at {found.places:,} places" if found.places > 1 else ""
    note = f"each unit was seen for {samples}{places}; that half of them are off happens in healthy networks too"
    return _finding(evidence, node, message, note)


def _finding(evidence: Evidence, node: Node, message: str, *notes: str) -> Finding:
    index, stats = evidence.index, evidence.stats
    read, made = node.operands[0], node.results[0]
    before = index.nodes[index.values[read].producer]
    bias = _bias(evidence, before)
    if bias:
        notes = (*notes, f"the bias makes {stats[bias].mean:.3g} of the mean of what it reads, {stats[read].mean:.3g}")
    return finding_at(
        evidence,
        node,
        "N003",
        message,
        dataflow=tuple(_step(evidence, value) for value in (bias, read, made) if value),
        notes=(*notes, "this is so for this input; another can show another picture"),
    )


def _step(evidence: Evidence, value: str) -> Step:
    index = evidence.index
    node = index.nodes[index.values[value].producer]
    source = evidence.place(node.name) if node.kind == "parameter" else node.source
    shape = sizes(index.values[value].meta.shape)
    return Step(operation_words(index, node), shape, source, range_words(evidence.stats[value]))


def _bias(evidence: Evidence, layer: Node) -> str:
    """The bias of the layer before, where it makes half or more of the mean of what the layer gives; else nothing."""
    stats = evidence.stats
    for value in layer.operands[1:] if layer.kind == "call" else ():
        node = evidence.index.nodes[evidence.index.values[value].producer]
        if node.kind == "parameter" and node.name.rpartition(".")[2] == "bias" and value in stats:
            added, mean = stats[value].mean, stats[layer.results[0]].mean
            if added * mean > 0 and abs(added) >= abs(mean) / 2:
                return value
    return ""


RULES = (Rule("N003", "dead or saturated activations", "warning", saturated, needs=frozenset(("stats",))),)
