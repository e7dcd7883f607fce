"""S003, of layers that go through a sequence: the batch lies where they take the steps.

Which dimension is the batch, and which is time, no shape tells; other code of the model does:

1. A convolution, pool or norm before has the samples in its first dimension, and they came to be steps.
2. What follows takes the second dimension for time: `out[:, -1]`, `out.mean(dim=1)`. A layer without `batch_first` has
   the samples there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from graphviz_torch.check.axes import handed_on
from graphviz_torch.check.batches import Batches
from graphviz_torch.check.describe import operation_words, place_words, sizes
from graphviz_torch.check.evidence import Evidence
from graphviz_torch.check.finding import Finding, Step
from graphviz_torch.check.rules.placed import finding_at
from graphviz_torch.ir.graph import Node
from graphviz_torch.ir.literals import Literal, Slice
from graphviz_torch.ir.walks import GraphIndex, predecessors, reachable

RECURRENT = frozenset(("lstm", "gru", "rnn_tanh", "rnn_relu"))
ATTENTION = "multi_head_attention_forward"
# They have the samples first: with how many dimensions, the digit in their names tells, or that there are channels.
SAMPLES = re.compile(r"conv(_transpose)?(?P<conv>\d)d|\w*_pool(?P<pool>\d)d|(batch|instance|group)_norm")
SUMS = re.compile(r"[ir]?(add|sub|mul|div|truediv)_?")
POOLED = frozenset(("mean", "sum", "amax", "max"))


def steps_of(node: Node) -> int | None:
    """The dimension whose elements a layer goes through; `None` for what is no such layer."""
    if node.name in RECURRENT:
        return int(dict(node.attributes).get("batch_first") is True)
    return 0 if node.name == ATTENTION else None


def suspect(evidence: Evidence, node: Node) -> bool:
    """Whether one run gives reason to look at a layer with a second."""
    steps, shape = steps_of(node), evidence.index.values[node.operands[0]].meta.shape or ()
    if steps is None or len(shape) != 3 or shape[steps] != evidence.batch or 1 in shape[:2]:
        return False
    return _as_time(evidence.index, node, steps) is not None or any(_sampled(evidence, node))


def through_batch(evidence: Evidence, batches: Batches, node: Node) -> Finding | None:
    """A layer that goes through the samples of the batch."""
    index, steps = evidence.index, steps_of(node)
    if steps is None or batches.axis(node.operands[0]) != steps:
        return None
    before = [index.nodes[name] for name in reachable([node.id], predecessors(index)) if name != node.id]
    if any(steps_of(other) is not None and suspect(evidence, other) for other in before if other.operands):
        return None  # what comes of it is not told again
    reader = _as_time(index, node, steps)
    sampled = next((other for other in _sampled(evidence, node) if batches.axis(other.operands[0]) == 0), None)
    if reader is not None:
        why = f"`{_code(evidence, reader)}`{_at(reader)} takes dimension 1 for time"
    elif sampled is not None:
        why = f"`{operation_words(index, sampled)}`{_at(sampled)} has the same samples as its batch"
    else:
        return None
    return _finding(evidence, node, steps, why)


def _sampled(evidence: Evidence, node: Node) -> Iterator[Node]:
    """The operations before that have as many samples as there are."""
    index = evidence.index
    for name in reachable([node.id], predecessors(index)):
        other = index.nodes[name]
        found = SAMPLES.fullmatch(other.name) if other.kind == "call" and other.operands else None
        if found is not None:
            shape = index.values[other.operands[0]].meta.shape or ()
            rank = int(found["conv"] or found["pool"] or 1) + 2
            if len(shape) >= rank and shape[0] == evidence.batch:
                yield other


def _as_time(index: GraphIndex, node: Node, steps: int) -> Node | None:
    """The first reader of what a layer without `batch_first` gives that takes the second dimension for time."""
    if steps != 0:
        return None
    todo, seen = [node.results[0]], {node.results[0]}
    while todo:
        value = todo.pop(0)
        for reader in (index.nodes[name] for name in index.consumers.get(value, ())):
            if _takes_second(reader, value):
                return reader
            for made in reader.results if reader.kind == "call" else ():
                if made not in seen and _keeps(index, reader, made, value):
                    seen.add(made)
                    todo.append(made)
    return None


def _keeps(index: GraphIndex, reader: Node, made: str, value: str) -> bool:
    """Whether the first two dimensions of three are handed on as they are."""
    shape = index.values[made].meta.shape or ()
    if len(shape) != 3:
        return False
    if SUMS.fullmatch(reader.name):
        return shape == index.values[value].meta.shape
    found = [handed_on(index, index.values[made], axis) for axis in (0, 1)]
    return [(place[0].id, place[1]) for place in found if place is not None] == [(value, 0), (value, 1)]


def _takes_second(node: Node, value: str) -> bool:
    """`[:, 3]`, or a mean over dimension 1."""
    told: dict[str, Literal] = dict(node.attributes)
    if node.kind != "call" or node.operands[:1] != (value,):
        return False
    if node.name == "getitem":
        key = told.get("key", told.get("1"))
        return isinstance(key, tuple) and len(key) > 1 and key[0] == Slice(None, None, None) and _is_one(key[1])
    return node.name in POOLED and told.get("dim", told.get("1")) in (1, (1,), -2, (-2,))


def _is_one(word: Literal) -> bool:
    return isinstance(word, int) and not isinstance(word, bool)


# ---- what is said of it


def _finding(evidence: Evidence, node: Node, steps: int, why: str) -> Finding:
    index = evidence.index
    given = index.values[node.operands[0]]
    shape = given.meta.shape or ()
    before = index.nodes[given.producer]
    name = operation_words(index, node)
    return finding_at(
        evidence,
        node,
        "S003",
        f"`{name}` takes the batch for time: it reads {sizes(shape)} as {shape[steps]} steps of {shape[1 - steps]} "
        "samples",
        dataflow=(
            Step(operation_words(index, before), sizes(shape), before.source),
            Step(name, sizes(index.values[node.results[0]].meta.shape), node.source),
        ),
        notes=(f"found by a second run with a batch of another size: dimension {steps} is the batch", why),
        help=_help(before, shape, steps),
    )


def _help(before: Node, shape: tuple[int, ...], steps: int) -> str:
    turned = sizes((shape[1], shape[0], *shape[2:]))
    if steps == 0:
        return "`batch_first=True` takes dimension 0 for the batch"
    if before.name == "stack" and dict(before.attributes).get("dim", 0) == 0:
        return f"`stack(..., dim=1)` gives {turned}"
    return f"`transpose(0, 1)` gives {turned}"


def _code(evidence: Evidence, node: Node) -> str:
    text = evidence.lines.expression(node.source) if node.source is not None else ""
    return text if text and "\n" not in text else operation_words(evidence.index, node)


def _at(node: Node) -> str:
    return f" at {place_words(node.source)}" if node.source is not None else ""
