"""S003: the samples of a batch merged or mixed, where they should have stayed apart.

1. A reshape that moves the batch to another dimension: it keeps the memory, so that samples and times are exchanged.
2. `view(-1, n)` whose rows are no samples, and begin in the middle of a dimension.
3. A reshape to one dimension.
4. A softmax over the first dimension.
5. A layer that goes through the batch as if it were time; `sequences` tells of it.

Of 2 and 3 only what is handed on to an output like that, or raises for another batch: folding something into the batch
and taking it out again is common. A second run, with a batch of another size, tells the batch from other dimensions of
the same size; it is asked for only where a reshape or a softmax gives reason to.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import accumulate
from operator import mul

from graphviz_torch.check.batches import Batches, matters
from graphviz_torch.check.describe import operation_words, sizes
from graphviz_torch.check.evidence import Evidence
from graphviz_torch.check.finding import Finding, Step
from graphviz_torch.check.provenance import excerpt, origin
from graphviz_torch.check.rule import Rule
from graphviz_torch.check.rules.placed import finding_at
from graphviz_torch.check.rules.sequences import suspect, through_batch
from graphviz_torch.ir.graph import Node
from graphviz_torch.ir.walks import reachable, successors

Shape = tuple[int, ...]
RESHAPES = frozenset(("view", "reshape", "flatten", "ravel", "_unsafe_view"))
SOFTMAXES = frozenset(("softmax", "log_softmax", "softmin"))
# Without `dim=` torch takes the first dimension of a tensor with three.
GUESSED = 3


def mixed(evidence: Evidence) -> Iterator[Finding]:
    """Each operation that does not keep the samples apart."""
    if not evidence.batch or not evidence.complete:
        return
    suspects = [(node, look) for node in evidence.graph.nodes for look in _looks(evidence, node)]
    batches = evidence.batches if suspects else None
    if batches is None:
        return
    for node, look in suspects:
        finding = look(evidence, batches, node)
        if finding is not None:
            yield finding


Look = Callable[[Evidence, Batches, Node], Finding | None]


def _looks(evidence: Evidence, node: Node) -> Iterator[Look]:
    """What one run gives reason to look at with a second."""
    if node.kind != "call" or not node.operands or not node.results:
        return
    size = evidence.batch
    before, after = _shapes(evidence, node)
    if node.name in RESHAPES and before != after:
        if size > 1 and _has_moved(before, after, size):
            yield _moved
        elif _is_cut(node, before, after, size):
            yield _cut
        elif _is_flat(before, after, size) and matters(evidence.index, node.results[0]):
            yield _flat
    elif suspect(evidence, node):
        yield through_batch
    elif node.name in SOFTMAXES and size > 1 and before[:1] == (size,) and _over_first(node, before):
        yield _competing


def _shapes(evidence: Evidence, node: Node) -> tuple[Shape, Shape]:
    values = evidence.index.values
    return values[node.operands[0]].meta.shape or (), values[node.results[0]].meta.shape or ()


# ---- moved


def _has_moved(before: Shape, after: Shape, size: int) -> bool:
    """Whether dimensions of the size of the batch are there before and after, and none where it was."""
    old, new = _places(before, size), _places(after, size)
    return bool(old) and bool(new) and not old & new


def _places(shape: Shape, size: int) -> set[int]:
    """How many elements lie outside of each dimension of a size."""
    outside = accumulate((1, *shape[:-1]), mul)
    return {count for count, found in zip(outside, shape, strict=True) if found == size}


def _moved(evidence: Evidence, batches: Batches, node: Node) -> Finding | None:
    old, new = batches.axis(node.operands[0]), batches.axis(node.results[0])
    before, after = _shapes(evidence, node)
    if old is None or new is None or math.prod(before[:old]) == math.prod(after[:new]):
        return None
    exchanged = old != new and _exchanged(before, old, new) == after
    return _finding(
        evidence,
        node,
        f"`{node.name}` mixes the samples of the batch: {sizes(before)} is read as {sizes(after)}",
        "found by a second run with a batch of another size: the size moved"
        + (f" from dimension {old} to {new}" if old != new else "")
        + ", the elements did not",
        f"`transpose({old}, {new})` exchanges the two dimensions" if exchanged else "",
    )


def _exchanged(shape: Shape, one: int, other: int) -> Shape:
    turned = list(shape)
    turned[one], turned[other] = turned[other], turned[one]
    return tuple(turned)


# ---- cut


def _is_cut(node: Node, before: Shape, after: Shape, size: int) -> bool:
    """Whether `view(-1, n)` takes rows that are no samples, nor made of whole dimensions of one."""
    asked = dict(node.attributes).get("size", dict(node.attributes).get("shape"))
    if len(after) != 2 or len(before) < 2 or before[0] != size or after[0] == size:
        return False
    if not isinstance(asked, tuple) or asked[:1] != (-1,):
        return False
    whole = math.prod(before[1:])
    if after[1] > whole:  # pairs of samples are often meant where they are rows already
        return len(before) > 2 and whole > 1
    return after[1] not in accumulate(reversed(before[1:]), mul)


def _cut(evidence: Evidence, batches: Batches, node: Node) -> Finding | None:
    before, after = _shapes(evidence, node)
    if batches.axis(node.operands[0]) != 0:
        return None
    failure = batches.second.graph.failure
    raised = failure is not None and failure.node == node.id
    if not raised and not batches.survives(node.results[0]):
        return None
    whole = math.prod(before[1:])
    each = f"{whole / after[1]:.3g} rows of {after[1]} are one sample of {whole}"
    if after[1] > whole:
        each = f"one row of {after[1]} is {after[1] / whole:.3g} samples of {whole}"
    return _finding(
        evidence,
        node,
        f"`{operation_words(evidence.index, node)}` does not keep the samples apart: "
        f"{sizes(before)} becomes {sizes(after)}",
        f"{each}; " + _seen(batches, raised),
        f"`flatten(1)` gives {before[0]}×{whole}: a row for each sample",
    )


def _seen(batches: Batches, raised: bool) -> str:
    if raised:
        return f"with {batches.other} samples in place of {batches.size} it raises"
    return f"{batches.size} samples go in, and what comes out has another number of rows"


# ---- flat


def _is_flat(before: Shape, after: Shape, size: int) -> bool:
    return len(after) == 1 and len(before) > 1 and before[0] == size and math.prod(before[1:]) > 1


def _flat(evidence: Evidence, batches: Batches, node: Node) -> Finding | None:
    before, after = _shapes(evidence, node)
    result = node.results[0]
    if batches.axis(node.operands[0]) != 0:
        return None
    raised = batches.stops_at(result)
    if not raised and not batches.survives(result):
        return None
    seen = f"with {batches.other} samples in place of {batches.size} the model raises"
    return _finding(
        evidence,
        node,
        f"`{operation_words(evidence.index, node)}` merges the samples of the batch: "
        f"{sizes(before)} becomes {sizes(after)}",
        seen if raised else f"{batches.size} samples go in, and what comes out has no dimension for them",
        f"`flatten(1)` gives {before[0]}×{math.prod(before[1:])}: a row for each sample" if len(before) > 2 else "",
    )


# ---- softmax


def _over_first(node: Node, shape: Shape) -> bool:
    """A single column over the first dimension weighs the elements of a set, which is not the batch."""
    dim = dict(node.attributes).get("dim")
    first = len(shape) == GUESSED if dim is None else dim == 0 and not isinstance(dim, bool)
    return first and (len(shape) > 2 or (len(shape) == 2 and shape[1] > 1))


def _both_ways(evidence: Evidence, node: Node) -> bool:
    """Whether there is a softmax over another dimension of the same scores: matches are made by two of them."""
    value = evidence.index.values[node.operands[0]]
    beside = [evidence.index.nodes[name] for name in evidence.index.consumers.get(value.id, ())]
    before = evidence.index.nodes[value.producer]
    return any(one is not node and one.name in SOFTMAXES for one in (before, *beside))


def _competing(evidence: Evidence, batches: Batches, node: Node) -> Finding | None:
    """Where everything that comes of it still has a batch: a pooled set has none."""
    if batches.axis(node.operands[0]) != 0 or _both_ways(evidence, node):
        return None
    reached = reachable([node.id], successors(evidence.index))
    ends = [evidence.index.nodes[name].operands[0] for name in evidence.graph.outputs if name in reached]
    if not ends or not all(1 in batches.factors(end) for end in ends):
        return None
    before, _ = _shapes(evidence, node)
    others = [axis for axis, size in enumerate(before) if axis and size > 1]
    return _finding(
        evidence,
        node,
        f"`{node.name}` over dimension 0 is over the batch: the {batches.size} samples compete with each other",
        "what a sample gets depends on which others are in its batch",
        f"`dim={others[0]}` is over the {before[others[0]]} values of each sample" if len(others) == 1 else "",
    )


def _finding(evidence: Evidence, node: Node, message: str, note: str, help: str) -> Finding:
    value = evidence.index.values[node.operands[0]]
    way = excerpt(evidence.index, origin(evidence.index, value, 0)) if value.meta.shape else ()
    result = evidence.index.values[node.results[0]].meta.shape
    steps = (*way[:1], *way[-1:]) if len(way) > 2 else way
    words = operation_words(evidence.index, node)
    flow = (*steps, Step(words, sizes(result), node.source))
    return finding_at(evidence, node, "S003", message, dataflow=flow, notes=(note,), help=help)


RULES = (Rule("S003", "batch dimension merged or mixed", "warning", mixed, default=True),)
