"""X001, and which rule a run that raised is the business of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from graphviz_torch.check.describe import built, module_at, operands
from graphviz_torch.check.evidence import Evidence
from graphviz_torch.check.finding import Finding, Step
from graphviz_torch.check.rule import Rule
from graphviz_torch.check.scores import bare
from graphviz_torch.ir.graph import Module, Node, Severity, SourceLocation
from graphviz_torch.trace.probes.records import Forward

TIMED_OUT = "OutOfTimeError"
KINDS = {"shape": "S001", "device": "D001", "dtype": "D005"}


def blamed(evidence: Evidence) -> str:
    """The code of the rule that tells of the exception that ended the run; empty where none did."""
    if evidence.failure is None:
        return ""
    if evidence.raised is not None and not evidence.raised.entered:
        return "A001"
    if returned_nothing(evidence) is not None:
        return "A002"
    if evidence.reason is not None:
        return KINDS.get(evidence.reason.kind, "X001")
    node = failed_node(evidence)
    return "N004" if node is not None and bare(evidence.index, node) is not None else "X001"


def failed_node(evidence: Evidence) -> Node | None:
    """The operation that raised."""
    return evidence.index.nodes.get(evidence.failure.node or "") if evidence.failure is not None else None


def called_module(evidence: Evidence) -> Module | None:
    """The module whose call raised, or around the operation that did."""
    if evidence.failure is None:
        return None
    node = failed_node(evidence)
    return module_at(evidence.index, evidence.failure.module_call if node is None else node.module_call)


def failed_at(evidence: Evidence) -> SourceLocation | None:
    """The user's line that raised; their own, where code of a package lies between it and what raised."""
    if evidence.raised is not None and evidence.raised.frames:
        return evidence.raised.frames[0]
    node = failed_node(evidence)
    if node is not None and node.source is not None:
        return node.source
    frames = evidence.failure.frames if evidence.failure is not None else ()
    return frames[0] if frames else None


def returned_nothing(evidence: Evidence) -> Module | None:
    """The module whose forward has no `return`: the model, or one whose None the run tripped over."""
    if evidence.complete:
        told = any(note.code == "no_output" for note in evidence.graph.diagnostics)
        return evidence.index.modules.get("") if told else None
    failure = evidence.failure
    if failure is None or failure.exception not in ("TypeError", "AttributeError"):
        return None
    still_open = set(evidence.index.ancestors(failure.module_call))
    for call in reversed(evidence.graph.calls):
        if call.kind == "module" and call.id not in still_open and call.parent in still_open and not call.results:
            return None if evidence.forward(call.path).returns else evidence.index.modules.get(call.path)
    return None


def finding_of_failure(
    evidence: Evidence,
    code: str,
    message: str,
    *,
    severity: Severity = "error",
    dataflow: tuple[Step, ...] = (),
    notes: tuple[str, ...] = (),
    help: str = "",
) -> Finding:
    """A finding about the operation that raised, with its operands and what was said."""
    failure, node, module = evidence.failure, failed_node(evidence), called_module(evidence)
    place = failed_at(evidence)
    inner = failure.frames[0] if failure is not None and failure.frames else None
    if inner is not None and place is not None and inner.file != place.file:
        notes = (*notes, f"raised at {inner.file}:{inner.line} in {inner.function}")
    return Finding(
        code,
        severity,
        message,
        module=module.path if module is not None else "",
        type=built(module) if module is not None else "",
        op=node.id if node is not None else None,
        source=place,
        operands=operands(evidence.index, node) if node is not None else (),
        dataflow=dataflow,
        notes=notes,
        help=help,
        said=failure.message.strip().partition("\n")[0] if failure is not None else "",
    )


def anything_else(evidence: Evidence) -> Iterator[Finding]:
    """The model raised, and no other rule tells why."""
    failure = evidence.failure
    if failure is None and evidence.options.backward:
        yield from _backward(evidence)
    if failure is None or blamed(evidence) != "X001":
        return
    module, reason = called_module(evidence), evidence.reason
    name = f"`{module.path or module.type_name}`" if module is not None else "the model"
    if reason is not None:
        yield finding_of_failure(evidence, "X001", reason.reason, notes=reason.notes, help=reason.hint)
        return
    forward = evidence.forward(module.path) if module is not None else None
    if forward is not None and forward.missing and failure.exception == "NotImplementedError":
        yield _no_forward(name, forward, failed_at(evidence), finding_of_failure(evidence, "X001", ""))
        return
    first = failure.message.strip().partition("\n")[0]
    frames = evidence.raised.frames if evidence.raised is not None else failure.frames
    way = tuple(f"called at {frame.file}:{frame.line} in {frame.function}" for frame in frames[1:4])
    if failure.exception == TIMED_OUT:  # the command's own
        yield replace(
            finding_of_failure(evidence, "X001", f"{name} does not come to an end: {first}", notes=way), said=""
        )
        return
    told = f"{name} raised {failure.exception}" + (f": {first}" if first else "")
    yield finding_of_failure(evidence, "X001", told, notes=way)


def _no_forward(name: str, forward: Forward, called: SourceLocation | None, found: Finding) -> Finding:
    """A module without `forward` was called."""
    there = forward.source
    notes = (f"it has `{forward.near}` at {there.file}:{there.line}",) if there is not None else ()
    message = f"{name} has no `forward`, and is called"
    help_words = f"`forward` in place of `{forward.near}`" if forward.near else ""
    if found.type.startswith(("ModuleList", "ModuleDict")):
        notes = ("it holds modules, and calls none of them; `nn.Sequential` does, one after the other",)
    return replace(found, message=message, source=called or there, notes=notes, help=help_words)


def _backward(evidence: Evidence) -> Iterator[Finding]:
    """The pass, or the loss, raised, and not for a write in place."""
    raised = evidence.backward.raised
    if raised is None or evidence.backward.conflicts:
        return
    place = raised.frames[0] if raised.frames else None
    first = raised.message.strip().partition("\n")[0]
    root = evidence.index.modules.get("")
    yield Finding(
        "X001",
        "error",
        f"{'the loss' if evidence.backward.in_loss else 'backward'} raised {raised.exception}"
        + (f": {first}" if first else ""),
        type=built(root) if root is not None else "",
        source=place,
        notes=(
            *(f"called at {frame.file}:{frame.line} in {frame.function}" for frame in raised.frames[1:4]),
            *(() if evidence.backward.in_loss else (f"it began at {evidence.backward.loss}",)),
        ),
        said="" if evidence.backward.in_loss else first,
    )


RULES = (Rule("X001", "the model raised something else", "error", anything_else, default=True),)
