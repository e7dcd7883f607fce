"""S001: shapes that do not fit, with the operation that made the number that is wrong."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from graphviz_torch.check.describe import module_at, operation_words, place_words, sizes
from graphviz_torch.check.evidence import Evidence
from graphviz_torch.check.finding import Finding, Step
from graphviz_torch.check.provenance import RESHAPES, Origin, agreed, agreed_words, excerpt, merged, origin
from graphviz_torch.check.rule import Rule
from graphviz_torch.check.rules.failures import blamed, failed_node, finding_of_failure
from graphviz_torch.ir.graph import Node
from graphviz_torch.trace.explain.case import Misfit, Reason, owner

CONSTRUCTED = re.compile(r"[A-Z]\w*\(")
PRODUCTS = frozenset(("linear", "matmul", "mm", "bmm", "addmm"))


def misfit(evidence: Evidence) -> Iterator[Finding]:
    """An operation raised because of the shapes of what it read."""
    reason = evidence.reason
    if reason is None or blamed(evidence) != "S001":
        return
    origins = _origins(evidence, reason)
    yield finding_of_failure(
        evidence,
        "S001",
        _message(evidence, reason),
        dataflow=_dataflow(evidence, reason, origins),
        notes=_notes(evidence, reason, origins),
        help=_help(evidence, reason, origins),
    )


def _origins(evidence: Evidence, reason: Reason) -> list[Origin]:
    return [origin(evidence.index, one.value, one.axis) for one in reason.misfits if one.axis is not None]


def _message(evidence: Evidence, reason: Reason) -> str:
    """`head.fc` expects 512 features but receives 2048; else what the rule of the operation says."""
    if len(reason.misfits) != 1:
        return reason.reason
    (one,) = reason.misfits
    if one.needed is None or one.size is None or not one.noun:
        return reason.reason
    return f"`{_subject(evidence)}` expects {one.needed} {one.noun} but receives {one.size}"


def _subject(evidence: Evidence) -> str:
    """What the failing operation is called."""
    node = failed_node(evidence)
    if node is None:
        module = module_at(evidence.index, evidence.failure.module_call if evidence.failure is not None else None)
        return (module.path or module.type_name) if module is not None else "the model"
    layer = owner(evidence.index, node.module_call)
    return (layer.path or layer.type_name) if layer is not None else node.name


def _dataflow(evidence: Evidence, reason: Reason, origins: list[Origin]) -> tuple[Step, ...]:
    """How each number that is wrong came to where it is wrong, and what is needed there."""
    steps: dict[Step, None] = {}
    for found in origins:
        steps.update(dict.fromkeys(excerpt(evidence.index, found)))
    node = failed_node(evidence)
    if not steps or node is None:
        return tuple(steps)
    return (*steps, Step(operation_words(evidence.index, node), _needed(reason.misfits), node.source))


def _needed(misfits: tuple[Misfit, ...]) -> str:
    """`needs *×512`."""
    if len(misfits) != 1 or misfits[0].needed is None or misfits[0].axis is None:
        return "does not fit"
    one = misfits[0]
    wanted = [str(one.needed) if place == one.axis else "*" for place in range(len(one.value.meta.shape or ()))]
    if wanted[-1] != "*":  # the last is found without counting
        wanted = [*wanted[:-1][-1:], wanted[-1]]
    return f"needs {'×'.join(wanted)}"


def _notes(evidence: Evidence, reason: Reason, origins: list[Origin]) -> tuple[str, ...]:
    """Which operation made each number, and where two branches were last one."""
    if not origins:
        return reason.notes
    notes = [_made_by(evidence, found) for found in origins]
    if len(reason.misfits) == 2:
        one, other = (found.value for found in reason.misfits)
        if (shared := agreed(evidence.index, one, other)) is not None:
            notes.append(agreed_words(evidence.index, shared))
    return tuple(dict.fromkeys(notes))


def _made_by(evidence: Evidence, found: Origin) -> str:
    """`2048 is made by flatten(1) at model.py:57`."""
    node, shape = evidence.index.nodes[found.value.producer], found.value.meta.shape or ()
    at = f" at {place_words(node.source)}" if node.source is not None else ""
    verb = "is made by" if node.kind == "call" else "comes from"
    return f"{shape[found.axis]} {verb} {operation_words(evidence.index, node)}{at}"


def _help(evidence: Evidence, reason: Reason, origins: list[Origin]) -> str:
    """What would fit, where that was computed."""
    words = []
    node = failed_node(evidence)
    if len(reason.misfits) == 1 and origins and (pooled := _pooled(evidence, reason.misfits[0], origins[0])):
        words.append(pooled)
    if CONSTRUCTED.match(reason.hint):
        words.append(f"use {reason.hint}" + (f" for `{_subject(evidence)}`" if _is_layer(evidence, node) else ""))
    elif reason.hint:
        words.append(reason.hint)
    return ", or ".join(words)


def _is_layer(evidence: Evidence, node: Node | None) -> bool:
    return node is None or owner(evidence.index, node.module_call) is not None


def _pooled(evidence: Evidence, one: Misfit, found: Origin) -> str:
    """What to do before a flatten that brought the height and width along where only the channels are wanted."""
    node = evidence.index.nodes[found.value.producer]
    if one.needed is None or node.name not in RESHAPES or not node.operands or not found.value.meta.shape:
        return ""
    given = evidence.index.values[node.operands[0]].meta.shape or ()
    factors = merged(given, found.value.meta.shape, found.axis)
    if len(factors) < 2 or factors[0] != one.needed or math.prod(factors[1:]) == 1:
        return ""
    return f"pool {sizes(factors[1:])} to {sizes((1,) * len(factors[1:]))} before `{node.name}`"


RULES = (Rule("S001", "shapes do not fit", "error", misfit, default=True),)
