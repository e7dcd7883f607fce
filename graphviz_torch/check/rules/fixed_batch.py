"""S004: a model that takes one batch size alone, told by a second run with another.

1. A reshape that names the size of the batch as a number.
2. `squeeze()` without a dimension, which takes a batch of one along.
3. Another operation that raised for the other batch, because of shapes, one of which did not follow.

An input that has the batch elsewhere than in its first dimension was not made larger: what comes of it is not told of.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from graphviz_torch.check.batches import Batches
from graphviz_torch.check.describe import operation_words, place_words, sizes
from graphviz_torch.check.evidence import Evidence
from graphviz_torch.check.finding import Finding
from graphviz_torch.check.provenance import Origin, origin
from graphviz_torch.check.rule import Rule
from graphviz_torch.check.rules.failures import failed_node, finding_of_failure
from graphviz_torch.check.rules.placed import finding_at
from graphviz_torch.ir.graph import Node
from graphviz_torch.ir.literals import Literal

RESHAPES = frozenset(("view", "reshape", "unflatten"))


def fixed(evidence: Evidence) -> Iterator[Finding]:
    """What does not follow the batch, in the order of the run; of what raised nothing that was told of before."""
    batches, run = evidence.batches, evidence.other_batch.run
    if batches is None or run is None:
        return
    told = False
    for node in evidence.graph.nodes:
        if _says_number(batches, node):
            told = True
            yield _number(evidence, batches, node)
        elif _squeezes(batches, node):
            yield _squeeze(evidence, batches, node)
    if run.graph.failure is not None and not told:
        yield from _raised(evidence.of(run), evidence, batches)


# ---- a number in a reshape


def _says_number(batches: Batches, node: Node) -> bool:
    """Whether a reshape makes a size of the batch, at its place in memory, that does not follow it."""
    axis = batches.axis(node.operands[0]) if node.name in RESHAPES and node.operands else None
    if axis is None or (again := batches.second.nodes.get(node.id)) is None:
        return False
    asked, before = _asked(again), batches.first.values[node.operands[0]].meta.shape or ()
    after = batches.first.values[node.results[0]].meta.shape or ()
    made = batches.second.values[again.results[0]].meta.shape or () if again.results else asked
    return len(made) == len(asked) == len(after) and any(
        asked[place] == after[place] == made[place] == batches.size
        and math.prod(after[:place]) == math.prod(before[:axis])
        for place in range(len(after))
    )


def _asked(node: Node) -> tuple[Literal, ...]:
    """The sizes as they are written."""
    given = dict(node.attributes)
    literal = given.get("size", given.get("shape", given.get("sizes")))
    return literal if isinstance(literal, tuple) else ()


def _number(evidence: Evidence, batches: Batches, node: Node) -> Finding:
    given = batches.second.values[node.operands[0]].meta.shape
    return finding_at(
        evidence,
        node,
        "S004",
        f"`{operation_words(evidence.index, node)}` names the batch size: {batches.size}",
        notes=(f"with {batches.other} samples in place of {batches.size} it is given {sizes(given)}",),
        help=f"the size of the batch as it is, `.size({batches.axis(node.operands[0])})`, in place of {batches.size}",
    )


# ---- a squeeze of everything


def _squeezes(batches: Batches, node: Node) -> bool:
    return node.name == "squeeze" and len(node.attributes) == 1 and batches.axis(node.operands[0]) is not None


def _squeeze(evidence: Evidence, batches: Batches, node: Node) -> Finding:
    shape = evidence.index.values[node.operands[0]].meta.shape or ()
    axis = batches.axis(node.operands[0]) or 0
    others = [place for place, size in enumerate(shape) if size == 1 and place != axis]
    named = str(others[0]) if len(others) == 1 else f"({', '.join(map(str, others))})"
    alone = tuple(1 if place == axis else size for place, size in enumerate(shape))
    return finding_at(
        evidence,
        node,
        "S004",
        f"`{node.name}` without a dimension takes the batch along when it is one sample",
        notes=(f"{sizes(alone)} then becomes {sizes(tuple(size for size in alone if size != 1))}",),
        help=f"`squeeze({named})`" if others else "",
    )


# ---- anything else that raised


def _raised(second: Evidence, evidence: Evidence, batches: Batches) -> Iterator[Finding]:
    """A misfit; what else it raised is no word on the batch size: there may be no memory for as much."""
    reason, node = second.reason, failed_node(second)
    before = f"with a batch of {batches.other} in place of {batches.size}"
    if reason is None:
        name = second.failure.exception if second.failure is not None else ""
        yield finding_of_failure(second, "S004", f"{before} the model raises {name}", severity="info")
        return
    if reason.kind != "shape" or _given(second, evidence):
        return
    stuck = [found for found in _origins(second) if _stays(found, batches)]
    what = f"`{operation_words(second.index, node)}` raises" if node is not None else "the model raises"
    yield finding_of_failure(
        second,
        "S004",
        f"{before} {what}: {reason.reason}",
        severity="warning",
        notes=tuple(dict.fromkeys(_stuck(second, found, batches.size) for found in stuck)) or reason.notes,
    )


def _origins(second: Evidence) -> list[Origin]:
    """Where the sizes of what the failing operation read come from."""
    reason, node = second.reason, failed_node(second)
    values = [one.value for one in reason.misfits] if reason is not None else []
    if node is not None:
        values.extend(second.index.values[operand] for operand in node.operands)
    return [origin(second.index, value, axis) for value in values for axis in range(len(value.meta.shape or ()))]


def _stays(found: Origin, batches: Batches) -> bool:
    return (found.value.meta.shape or ())[found.axis] == batches.size


def _given(second: Evidence, evidence: Evidence) -> bool:
    """Whether what does not fit was given like that: an input that has the batch in another dimension, or no batch.

    A parameter of that size says that the first dimension of the inputs counts features or positions.
    """
    larger, size = evidence.other_batch.inputs, evidence.other_batch.size
    for found in _origins(second):
        maker = second.index.nodes[found.value.producer]
        if maker.kind == "input" and maker.name not in larger:
            return True
        if maker.kind == "parameter" and (found.value.meta.shape or ())[found.axis] == size:
            return True
    return False


def _stuck(second: Evidence, found: Origin, size: int) -> str:
    node = second.index.nodes[found.value.producer]
    at = f" at {place_words(node.source)}" if node.source is not None else ""
    return f"`{operation_words(second.index, node)}`{at} makes {size}, whatever the batch is"


RULES = (Rule("S004", "batch size hard-coded", "warning", fixed, needs=frozenset(("second_run",))),)
