"""R003: a bias that the batch norm right after it takes off again."""

from __future__ import annotations

import re
from collections.abc import Iterator

from graphviz_torch.check.axes import handed_on
from graphviz_torch.check.describe import built, place_words
from graphviz_torch.check.evidence import Evidence
from graphviz_torch.check.finding import Finding
from graphviz_torch.check.rule import Rule
from graphviz_torch.ir.graph import Node
from graphviz_torch.ir.literals import Operand
from graphviz_torch.ir.walks import GraphIndex

LAYERS = re.compile(r"linear|conv(_transpose)?\dd")
TURNS = frozenset(("transpose", "permute", "movedim", "view", "reshape", "flatten", "contiguous", "mT"))
CHANNELS = 1  # of a batch norm


def idle_bias(evidence: Evidence) -> Iterator[Finding]:
    """The bias of a layer whose results all go to batch norms, which take the mean of each channel off."""
    if not evidence.complete:
        return
    norms: dict[str, Node] = {}
    lasting = set()
    for node in evidence.graph.nodes:
        name = _bias(evidence.index, node)
        if name:
            norm = _norm(evidence.index, node)
            norms.setdefault(name, norm or node)
            if norm is None:
                lasting.add(name)
    for name, norm in norms.items():
        if name not in lasting and _readers(evidence.index, name):
            yield _finding(evidence, name, norm)


def _readers(index: GraphIndex, name: str) -> bool:
    """Whether layers alone read a bias."""
    value = next(node.results[0] for node in index.graph.nodes if node.kind == "parameter" and node.name == name)
    return all(LAYERS.fullmatch(index.nodes[reader].name) for reader in index.consumers[value])


def _bias(index: GraphIndex, node: Node) -> str:
    """The name of the bias of a layer, if it is a parameter that learns."""
    place = dict(node.attributes).get("bias") if node.kind == "call" and LAYERS.fullmatch(node.name) else None
    if not isinstance(place, Operand):
        return ""
    value = index.values[node.operands[place.index]]
    producer = index.nodes[value.producer]
    return producer.name if producer.kind == "parameter" and value.meta.requires_grad else ""


def _norm(index: GraphIndex, node: Node) -> Node | None:
    """The batch norm that alone reads the result, its channels being those of the layer."""
    value = index.values[node.results[0]]
    rank = len(value.meta.shape or ())
    if not rank:
        return None
    axis = rank - 1 if node.name == "linear" else 1 if int(node.name[-2]) + 2 == rank else 0
    reader = _only_reader(index, value.id)
    while reader is not None and reader.name in TURNS:
        turned = index.values[reader.results[0]]
        axes = [
            place for place in range(len(turned.meta.shape or ())) if handed_on(index, turned, place) == (value, axis)
        ]
        if len(axes) != 1:
            return None
        value, axis = turned, axes[0]
        reader = _only_reader(index, value.id)
    if reader is None or reader.name != "batch_norm" or axis != CHANNELS or reader.operands[0] != value.id:
        return None
    return reader


def _only_reader(index: GraphIndex, value: str) -> Node | None:
    readers = index.consumers.get(value, ())
    return index.nodes[readers[0]] if len(readers) == 1 else None


def _finding(evidence: Evidence, name: str, norm: Node) -> Finding:
    path = name.rpartition(".")[0]
    module = evidence.index.modules[path]
    call = evidence.index.calls.get(norm.module_call or "")
    by = f"`{call.path}`" if call is not None and call.path else "the batch norm"
    at = f" at {place_words(norm.source)}" if norm.source is not None else ""
    size = next((tensor.meta.shape or (0,) for tensor in module.parameters if tensor.name == "bias"), (0,))[0]
    return Finding(
        "R003",
        "info",
        f"the bias of `{path}` does nothing: {by} takes the mean of each channel off again",
        module=path,
        type=built(module),
        source=evidence.place(path),
        notes=(f"{by} follows{at} and has a bias of its own",) if len(norm.operands) > 4 else (f"{by} follows{at}",),
        help=f"`bias=False` saves {size:,} parameters and an addition",
    )


RULES = (Rule("R003", "bias right before a batch norm", "info", idle_bias),)
