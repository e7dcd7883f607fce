"""N004: probabilities where logits or log-probabilities are wanted: a softmax that feeds another, or a logarithm.

1. Cross entropy, `log_softmax`, `softmax` and `gumbel_softmax` of a softmax over the same dimension.
2. `nll_loss`, `kl_div` and `ctc_loss`, which want log-probabilities, of a softmax.
3. `binary_cross_entropy_with_logits`, `sigmoid` and `logsigmoid` of a sigmoid.
4. The logarithm of a softmax or a sigmoid, with nothing between.
5. `nll_loss` and `binary_cross_entropy` of what a layer with weights gave: no logarithm, no sigmoid was taken.

Between the two lie only operations that hand their elements on: views, casts, a choice of elements.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from graphviz_torch.check.axes import handed_on
from graphviz_torch.check.describe import operation_words, place_words, sizes
from graphviz_torch.check.evidence import Evidence
from graphviz_torch.check.finding import Finding, Step
from graphviz_torch.check.rule import Rule
from graphviz_torch.check.rules.placed import finding_at
from graphviz_torch.check.scores import HANDS_ON, bare
from graphviz_torch.ir.graph import Node, Value

SOFTMAX, SIGMOID = frozenset(("softmax",)), frozenset(("sigmoid",))
BOTH = SOFTMAX | SIGMOID
# Reader, what it wants, and what it must not be given.
READERS: dict[str, tuple[str, frozenset[str]]] = {
    "cross_entropy": ("logits", SOFTMAX),
    "cross_entropy_loss": ("logits", SOFTMAX),
    "log_softmax": ("logits", SOFTMAX),
    "softmax": ("logits", SOFTMAX),
    "gumbel_softmax": ("logits", SOFTMAX),
    "nll_loss": ("log-probabilities", SOFTMAX),
    "kl_div": ("log-probabilities", BOTH),
    "ctc_loss": ("log-probabilities", SOFTMAX),
    "binary_cross_entropy_with_logits": ("logits", BOTH),
    "sigmoid": ("logits", SIGMOID),
    "logsigmoid": ("logits", SIGMOID),
    "log": ("", BOTH),
}
LOSSES = ("cross_entropy", "cross_entropy_loss", "nll_loss")
OVER_A_DIMENSION = frozenset(("log_softmax", "softmax", "gumbel_softmax", *LOSSES))
# What is wanted, what takes the scores themselves, and what becomes of it.
BARE = {
    "nll_loss": (
        "log-probabilities", "cross_entropy", "it takes them for logarithms, and falls without end as the scores grow"
    ),
    "binary_cross_entropy": (
        "probabilities", "binary_cross_entropy_with_logits", "what lies beyond 0 and 1 has no logarithm, and raises"
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Twice:
    """An operation and the one that should not have come before it."""

    reader: Node
    maker: Node
    wants: str


def doubled(evidence: Evidence) -> Iterator[Finding]:
    """Each operation that is given probabilities it does not want."""
    for node in evidence.graph.nodes:
        if (layer := bare(evidence.index, node)) is not None:
            yield _bare_finding(evidence, node, layer)
        wants = READERS.get(node.name.strip("_")) if node.kind == "call" and node.operands else None
        if wants is None:
            continue
        maker = _maker(evidence, node, wants[1])
        if maker is not None:
            yield _finding(evidence, Twice(node, maker, wants[0]))


def _maker(evidence: Evidence, node: Node, kinds: frozenset[str]) -> Node | None:
    """The softmax or sigmoid that the first operand comes from, over the dimension that the reader goes over."""
    index = evidence.index
    value = index.values[node.operands[0]]
    axis: int | None = _axis(node, value)
    while True:
        maker = index.nodes[value.producer]
        name = maker.name.strip("_")
        if name in kinds and maker.operands:
            same = name == "sigmoid" or node.name not in OVER_A_DIMENSION or axis == _axis(maker, value)
            return maker if same else None
        if name not in HANDS_ON or not maker.operands:
            return None
        if axis is not None:
            found = handed_on(index, value, axis)
            axis = found[1] if found is not None else None
        value = index.values[maker.operands[0]]


def _axis(node: Node, value: Value) -> int | None:
    """The dimension of an operand that classes lie along."""
    rank = len(value.meta.shape or ())
    if node.name in LOSSES:
        return 1 if rank > 1 else 0
    given = dict(node.attributes).get("dim", -1 if node.name == "gumbel_softmax" else None)
    if isinstance(given, int) and not isinstance(given, bool) and rank:
        return given % rank
    return None


def _bare_finding(evidence: Evidence, node: Node, layer: Node) -> Finding:
    wants, instead, note = BARE[node.name]
    name = operation_words(evidence.index, layer)
    raised = evidence.failure is not None and evidence.failure.node == node.id
    return finding_at(
        evidence,
        node,
        "N004",
        f"`{node.name}` takes {wants} and is given what `{name}` gives, as it is",
        severity="error" if raised else "warning",
        dataflow=(_step(evidence, layer, "logits"), _step(evidence, node, f"takes {wants}")),
        notes=(note,),
        help=f"`{instead}` takes what `{name}` gives",
        said=evidence.failure.message.strip().partition("\n")[0] if raised and evidence.failure is not None else "",
    )


def _finding(evidence: Evidence, twice: Twice) -> Finding:
    node = twice.reader
    return finding_at(
        evidence,
        node,
        "N004",
        _message(twice),
        dataflow=tuple(_dataflow(evidence, twice)),
        notes=tuple(_notes(evidence, twice)),
        help=_help(evidence, twice),
    )


def _message(twice: Twice) -> str:
    reader, maker = twice.reader.name.strip("_"), twice.maker.name.strip("_")
    if reader == "log":
        return f"the logarithm of a {maker} loses what is near zero"
    if reader == maker:
        return f"`{reader}` is taken twice: it is given what a `{maker}` made"
    return f"`{reader}` takes {twice.wants} and is given the probabilities of a {maker}"


def _dataflow(evidence: Evidence, twice: Twice) -> Iterator[Step]:
    maker, reader = twice.maker, twice.reader
    before = evidence.index.nodes[evidence.index.values[maker.operands[0]].producer]
    remarks = {"log": "", "nll_loss": "takes logarithms", "kl_div": "takes logarithms", "ctc_loss": "takes logarithms"}
    own = "takes a sigmoid of its own" if "sigmoid" in reader.name or "binary" in reader.name else ""
    yield _step(evidence, before, "logits")
    yield _step(evidence, maker, "0 .. 1")
    yield _step(evidence, reader, remarks.get(reader.name.strip("_"), own or "takes a softmax of its own"))


def _step(evidence: Evidence, node: Node, remark: str) -> Step:
    shape = evidence.index.values[node.results[0]].meta.shape if node.results else None
    words = node.name if node.name in READERS and node.kind == "call" else operation_words(evidence.index, node)
    return Step(words, sizes(shape) if node.results else "", node.source, remark)


def _notes(evidence: Evidence, twice: Twice) -> Iterator[str]:
    reader = twice.reader.name.strip("_")
    shape = evidence.index.values[twice.reader.operands[0]].meta.shape or ()
    axis = _axis(twice.reader, evidence.index.values[twice.reader.operands[0]])
    if reader.startswith("cross_entropy") and axis is not None and axis < len(shape) and shape[axis] > 1:
        least = math.log(1 + (shape[axis] - 1) / math.e)
        yield f"with {shape[axis]} classes the loss cannot fall below {least:.3f}, however sure the model is"
    elif reader == "log":
        yield "a small probability is rounded to zero first, and its logarithm is minus infinity, as is its gradient"
    elif reader == "binary_cross_entropy_with_logits":
        least = math.log(1 + 1 / math.e)
        yield f"where the target is 1 the loss cannot fall below {least:.3f}, where it is 0 not below {math.log(2):.3f}"
    elif twice.wants == "log-probabilities":
        yield "log-probabilities lie below 0, probabilities between 0 and 1: the loss is no likelihood of them"
    else:
        yield "what goes in is between 0 and 1, so that what comes out is nearly the same for every class"


def _help(evidence: Evidence, twice: Twice) -> str:
    reader, maker = twice.reader.name.strip("_"), twice.maker.name.strip("_")
    if reader == "log":
        return "`log_softmax` in place of both" if maker == "softmax" else "`logsigmoid` in place of both"
    if twice.wants == "log-probabilities":
        return f"`log_{maker}` in place of `{maker}`" if maker == "softmax" else "`logsigmoid` in place of `sigmoid`"
    before = evidence.index.nodes[evidence.index.values[twice.maker.operands[0]].producer]
    if before.kind != "call":
        return ""
    at = f" at {place_words(before.source)}" if before.source is not None else ""
    return f"give `{reader}` what `{operation_words(evidence.index, before)}` gave{at}"


RULES = (Rule("N004", "softmax feeding a cross entropy or a log", "warning", doubled, default=True),)
