"""A001, A002, B001: how a model is built, called, and what it gives back."""

from __future__ import annotations

from collections.abc import Iterator

from graphviz_torch.check.describe import built
from graphviz_torch.check.evidence import Evidence
from graphviz_torch.check.finding import Finding
from graphviz_torch.check.rule import Rule
from graphviz_torch.check.rules.failures import blamed, called_module, returned_nothing


def unbuilt(evidence: Evidence) -> Iterator[Finding]:
    """The user's own code raised on the way to a model."""
    error = evidence.unbuilt
    if error is None:
        return
    source = error.frames[0] if error.frames else None
    way = tuple(f"called at {frame.file}:{frame.line} in {frame.function}" for frame in error.frames[1:4])
    yield Finding("B001", "error", error.message, source=source, notes=way, help=error.hint or "")


def arguments(evidence: Evidence) -> Iterator[Finding]:
    """The signature of `forward` does not take what it is called with: that of the model, or of a module inside."""
    wrong = evidence.arguments
    if wrong is not None:
        notes = tuple(line.rstrip() for line in wrong.details[:1])
        yield Finding("A001", "error", wrong.message, source=wrong.source, notes=notes, help=wrong.hint)
    elif blamed(evidence) == "A001" and evidence.raised is not None:
        module = called_module(evidence)
        path = module.path if module is not None else ""
        said = evidence.raised.message
        forward = evidence.forward(path).source
        where = (f"its forward is at {forward.file}:{forward.line}",) if forward is not None else ()
        yield Finding(
            "A001",
            "error",
            f"`{path}` cannot be called like this: {said}",
            module=path,
            type=built(module) if module is not None else "",
            source=evidence.raised.frames[0] if evidence.raised.frames else None,
            notes=where,
        )


def nothing(evidence: Evidence) -> Iterator[Finding]:
    """`forward` returns nothing, or nothing that holds a tensor."""
    module = returned_nothing(evidence)
    if module is not None:
        path = module.path
        name = f"`{path}`" if path else f"`{module.type_name}`"
        yield Finding(
            "A002",
            "error",
            f"forward of {name} returns nothing",
            module=path,
            type=built(module),
            source=evidence.forward(path).source,
            notes=("a function without `return` gives None",),
        )
        return
    told = next((note for note in evidence.graph.diagnostics if note.code == "no_tensor"), None)
    if told is not None and evidence.complete:
        root = evidence.index.modules[""]
        yield Finding("A002", "warning", told.message, type=built(root), source=evidence.forward("").source)


RULES = (
    Rule("A001", "wrong number or names of arguments to forward", "error", arguments, default=True),
    Rule("A002", "forward returns nothing", "error", nothing, default=True),
    Rule("B001", "the model cannot be built", "error", unbuilt, default=True),
)
