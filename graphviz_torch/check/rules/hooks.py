"""M002: which hooks there are, whether they ran and changed a value, and modules whose `.forward` passes them by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from graphviz_torch.check.describe import built
from graphviz_torch.check.evidence import Evidence
from graphviz_torch.check.finding import Finding
from graphviz_torch.check.rule import Rule
from graphviz_torch.ir.graph import Hook, Module, ModuleCall

MOST = 4
KINDS = {
    "forward_pre": "forward pre-hook",
    "forward": "forward hook",
    "backward_pre": "backward pre-hook",
    "backward": "backward hook",
}


def present(evidence: Evidence) -> Iterator[Finding]:
    """Each hook, by what it did; and each `.forward` that was called in place of its module."""
    if not evidence.complete:
        return
    passed, ran = _passed_by(evidence), _ran(evidence)
    for module in evidence.graph.modules:
        for hook in module.hooks:
            if not (module.path in passed and hook.changed is None and hook.kind.startswith("forward")):
                yield _hook(evidence, module, hook, ran.get((module.path, hook.kind, hook.name), []))
        if module.path in passed:
            yield _bypass(module, passed[module.path])


def _passed_by(evidence: Evidence) -> dict[str, ModuleCall]:
    """The first call of `.forward` of each module that was never called itself."""
    called = {call.path for call in evidence.graph.calls if call.kind == "module"}
    found: dict[str, ModuleCall] = {}
    for call in evidence.graph.calls:
        if call.kind == "inferred" and call.path not in called and call.name == f"{call.path}.forward":
            found.setdefault(call.path, call)
    return found


def _ran(evidence: Evidence) -> dict[tuple[str, str, str], list[str]]:
    """The operations that each hook ran, by the path of its module, its kind and its name."""
    found: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for note in evidence.graph.annotations:
        node = evidence.index.nodes.get(note.target)
        if note.key == "hook" and isinstance(note.payload, Mapping) and node is not None:
            who = (str(note.payload["module"]), str(note.payload["kind"]), str(note.payload["name"]))
            found[who].append(node.name)
    return found


def _hook(evidence: Evidence, module: Module, hook: Hook, ran: list[str]) -> Finding:
    name = f"`{module.path}`" if module.path else f"`{module.type_name}`"
    place = hook.source or evidence.place(module.path)
    return Finding(
        "M002",
        "info",
        f"{KINDS.get(hook.kind, hook.kind)} `{hook.name}` of {name} {_did(hook)}",
        module=module.path,
        type=built(module),
        source=place,
        notes=tuple(_notes(hook, ran)),
    )


def _did(hook: Hook) -> str:
    if not hook.kind.startswith("forward"):
        return "waits for a backward pass"
    if hook.changed is None:
        return "did not run"
    return "changes the value" if hook.changed else "ran, and left the value as it was"


def _notes(hook: Hook, ran: list[str]) -> Iterator[str]:
    if ran:
        words = ", ".join(f"`{name}`" for name in dict.fromkeys(ran[:MOST]))
        yield f"it runs {words}{' and more' if len(ran) > MOST else ''}: marked `hook` in the picture"
    if hook.kind.startswith("forward") and hook.changed is None:
        yield "nothing called the module in this run"


def _bypass(module: Module, call: ModuleCall) -> Finding:
    count = sum(hook.kind.startswith("forward") for hook in module.hooks)
    hooks = "its hook does" if count == 1 else f"its {count} hooks do"
    names = ", ".join(f"`{hook.name}`" for hook in module.hooks if hook.kind.startswith("forward"))
    said = f"{hooks} not run" if count else "a hook on it would not run"
    return Finding(
        "M002",
        "warning" if count else "info",
        f"`.forward` is called in place of `{module.path}`: {said}",
        module=module.path,
        type=built(module),
        source=call.source,
        notes=(f"passed by: {names}",) if count else (),
        help="call the module itself",
    )


RULES = (Rule("M002", "hooks: present, fired, changed the output, bypassed", "info", present, default=True),)
