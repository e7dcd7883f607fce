"""D001, D002, D003: tensors on several devices, as they are or as they would be where the model is moved.

The labels of an assumed device say what would not go together there; the way back from what stayed behind says why: a
plain attribute (D002), a factory without `device=` (D003), or something else (D001).
"""

from __future__ import annotations

from collections.abc import Iterator

from graphviz_torch.check.describe import operand, operation_words
from graphviz_torch.check.devices import HOST, Mismatch
from graphviz_torch.check.evidence import Evidence
from graphviz_torch.check.finding import Finding, Operand
from graphviz_torch.check.fresh import fresh
from graphviz_torch.check.rule import Rule
from graphviz_torch.check.rules.failures import blamed, finding_of_failure
from graphviz_torch.check.rules.placed import finding_at
from graphviz_torch.ir.graph import Node, Value
from graphviz_torch.trace.explain.case import owner


def mixed(evidence: Evidence) -> Iterator[Finding]:
    """An operation raised because of devices, or would on the device that is assumed."""
    reason = evidence.reason
    if reason is not None and blamed(evidence) == "D001":
        yield finding_of_failure(evidence, "D001", reason.reason, notes=reason.notes, help=reason.hint)
    if not evidence.options.assume_device:
        return
    for mismatch in evidence.labels.mismatches:
        yield _mismatch(evidence, mismatch)


def attribute(evidence: Evidence) -> Iterator[Finding]:
    """A tensor that is neither parameter nor buffer, so that `.to()` leaves it behind."""
    for mismatch, stray in _strays(evidence, "D002"):
        name = stray.name
        yield Finding(
            "D002",
            "warning",
            f"`{name}` is a plain attribute, which `.to()` leaves behind on the {HOST}",
            module=_owner(evidence, name),
            op=stray.id,
            source=evidence.place(name),
            operands=_operands(evidence, mismatch),
            notes=(_used(evidence, mismatch),),
            help=f'self.register_buffer("{name.rpartition(".")[2]}", ...)' if "[" not in name else "",
        )


def factory(evidence: Evidence) -> Iterator[Finding]:
    """A tensor that is made on the default device and meets the model's own."""
    weights = {name for found in fresh(evidence.index) for name in found.makers}  # P003 tells of them
    for mismatch, stray in _strays(evidence, "D003"):
        if stray.id in weights:
            continue
        yield finding_at(
            evidence,
            stray,
            "D003",
            f"`{stray.name}` makes its tensor on the {HOST}, wherever the model is",
            read=_operands(evidence, mismatch),
            notes=(_used(evidence, mismatch),),
            help="pass `device=`, that of a tensor it meets",
        )


def _strays(evidence: Evidence, code: str) -> Iterator[tuple[Mismatch, Node]]:
    """What stays behind and is the business of one rule, with where it meets what does not; each once."""
    if not evidence.complete or not any(_can_stay(node) for node in evidence.graph.nodes):
        return
    told = set()
    for mismatch in evidence.moved.mismatches:
        for value in mismatch.operands:
            stray = _origin(evidence, value) if _stays(evidence, value) else None
            if stray is not None and stray.id not in told and _rule_of(evidence, stray) == code:
                told.add(stray.id)
                yield mismatch, stray


def _can_stay(node: Node) -> bool:
    """Whether what a node gives is not made of what the model and its inputs hold."""
    return node.kind == "constant" or (node.kind == "call" and not node.operands)


def _stays(evidence: Evidence, value: str) -> bool:
    return evidence.moved.device[value] == HOST


def _origin(evidence: Evidence, value: str) -> Node:
    """The earliest operation or end on the way back that stayed behind."""
    index = evidence.index
    node = index.nodes[index.values[value].producer]
    seen = {node.id}
    while True:
        before = [index.nodes[index.values[operand].producer] for operand in node.operands if _stays(evidence, operand)]
        earlier = next((found for found in before if found.id not in seen), None)
        if earlier is None or node.kind != "call":
            return node
        seen.add(earlier.id)
        node = earlier


def _rule_of(evidence: Evidence, stray: Node) -> str:
    """Which rule tells of something that stays behind."""
    if stray.kind == "constant" and stray.name not in ("", "external"):
        return "" if evidence.index.values[stray.results[0]].meta.requires_grad else "D002"  # else P003 tells of it
    return "D003" if stray.id in evidence.moved.made else ""


def _owner(evidence: Evidence, name: str) -> str:
    """The module that holds an attribute."""
    path = name.partition("[")[0].rpartition(".")[0]
    while path and path not in evidence.index.modules:
        path = path.rpartition(".")[0]
    return path


def _operands(evidence: Evidence, mismatch: Mismatch) -> tuple[Operand, ...]:
    index = evidence.index
    return tuple(
        Operand(found.shape, found.dtype, device, found.producer, value)
        for value, device in zip(mismatch.operands, mismatch.devices, strict=True)
        for found in [operand(index, index.values[value])]
    )


def _used(evidence: Evidence, mismatch: Mismatch) -> str:
    node = evidence.index.nodes[mismatch.node]
    at = f" at {node.source.file}:{node.source.line}" if node.source is not None else ""
    value: Value = evidence.index.values[mismatch.operands[0]]
    other = operation_words(evidence.index, evidence.index.nodes[value.producer])
    reader = operation_words(evidence.index, node)
    if reader == other and owner(evidence.index, node.module_call) is not None:
        return f"`{node.name}` of {reader}{at} takes it together with the layer's own tensors"
    return f"{reader}{at} takes it together with {other}"


def _mismatch(evidence: Evidence, mismatch: Mismatch) -> Finding:
    node = evidence.index.nodes[mismatch.node]
    read = _operands(evidence, mismatch)
    words = [f"{found.producer} on {found.device}" for found in read]
    return finding_at(
        evidence,
        node,
        "D001",
        f"`{node.name}` takes tensors of several devices: {', '.join(words)}",
        severity="error",
        read=read,
        notes=(f"parameters, buffers and inputs are taken to be on {evidence.options.assume_device}",),
    )


RULES = (
    Rule("D001", "tensors on different devices", "error", mixed, default=True),
    Rule("D002", "tensor attribute that is neither parameter nor buffer, used in forward", "warning", attribute, True),
    Rule("D003", "tensor made on the default device inside forward", "warning", factory, default=True),
)
