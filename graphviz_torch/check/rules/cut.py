"""P002: parameters that are used, and that no gradient can reach: names the operation that cuts them off."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from graphviz_torch.check.describe import built, module_at, operands, operation_words, place_words, sizes
from graphviz_torch.check.evidence import Evidence
from graphviz_torch.check.finding import Finding, Step
from graphviz_torch.check.flow import FLOATING, STEPS, End, Flow, names_of
from graphviz_torch.check.rule import Rule
from graphviz_torch.ir.graph import ModuleCall, Node, SourceLocation

QUIET = {"no_grad": "`no_grad`", "inference": "`inference_mode`"}
DETACHES = frozenset(("detach", "detach_", "data"))
# Python reads what they give.
READS = {"item": "a number", "tolist": "a list", "numpy": "an array", "__array__": "an array"}
# A tensor that nothing recorded made can carry a gradient from where nobody looked.
UNSEEN = frozenset(("external", "opaque", "thread", "untraced"))


@dataclass(slots=True)
class Cut:
    """One place where gradients end, with the parameters they do not reach, and further lines that are part of it."""

    end: End
    call: ModuleCall | None = None
    quiet: str = ""
    names: list[str] = field(default_factory=list)
    more: list[SourceLocation | None] = field(default_factory=list)


def cut_off(evidence: Evidence) -> Iterator[Finding]:
    """A parameter that an operation read, and from which no differentiable way leads to anything the model gave."""
    if not evidence.complete or not evidence.graph.origin.grad_enabled:
        return
    flow = evidence.flow
    missing = _missing(evidence, flow)
    for cut in _cuts(flow, missing):
        if not cut.end.dropped or evidence.other_run is not None:  # a saved graph does not tell what modules keep
            yield _finding(evidence, flow, cut)


def _missing(evidence: Evidence, flow: Flow) -> list[str]:
    """Names of the parameters that no gradient reaches, in the mode of the run and in the other one."""
    if not _trains(flow) or _unseen(flow):
        return []
    found = [name for name, value in flow.parameters.items() if value not in flow.reached and name not in flow.written]
    if not found or evidence.other_run is None:
        return found
    other = Flow(evidence.other_run)
    if other.graph.failure is not None:  # in training it can want more than it was given, and give other results
        return [] if other.graph.origin.training else found
    if _unseen(other):
        return []
    return [name for name in found if name not in other.written and other.parameters.get(name) not in other.reached]


def _trains(flow: Flow) -> bool:
    """Whether what the model gives back is something to learn from, and not only for use."""
    metas = [flow.index.values[value].meta for node in flow.graph.outputs for value in flow.index.nodes[node].operands]
    quiet = _quiet_calls(flow)
    roots = [call.id for call in flow.graph.calls if call.parent is None]
    return any(meta.dtype.startswith(FLOATING) for meta in metas) and not any(root in quiet for root in roots)


def _unseen(flow: Flow) -> bool:
    """Whether a gradient could take a way that the run does not show."""
    return any(
        note.code in UNSEEN and note.target in flow.index.values and flow.wants(note.target)
        for note in flow.graph.diagnostics
    )


# ---- where they end


def _cuts(flow: Flow, missing: list[str]) -> list[Cut]:
    """The ends that explain why no gradient comes; what is dropped, or not watched, in one place is one."""
    quiet = _quiet_calls(flow) if missing else {}
    ends = {name: flow.ends(flow.parameters[name]) for name in missing}
    covers = Counter(end for found in ends.values() for end in found)
    cuts: dict[object, Cut] = {}
    for name, found in ends.items():
        if not found:
            continue
        end = min(found, key=lambda end: _rank(flow, end, covers[end]))
        cut = _dropped(flow, end) if end.dropped else _silenced(flow, end, quiet)
        joined = cut.call is not None and (end.dropped or cut.quiet)
        key = (cut.call.parent, cut.quiet) if cut.call is not None and joined else end.node.id
        known = cuts.setdefault(key, cut)
        known.names.append(name)
        if _source(cut) not in (_source(known), *known.more):
            known.more.append(_source(cut))
    return sorted(cuts.values(), key=lambda cut: flow.order[cut.end.node.id])


def _rank(flow: Flow, end: End, covered: int) -> tuple[bool, bool, bool, int]:
    """What makes an end explain less: a result that nobody reads, data that leads nowhere, few parameters behind it."""
    return end.dropped, end.node.id not in flow.needed, end.node.name not in DETACHES, -covered


def _quiet_calls(flow: Flow) -> dict[str, str]:
    """The calls in which everything ran without gradients, and by what."""
    total: dict[str, int] = defaultdict(int)
    silent: dict[str, int] = defaultdict(int)
    kind: dict[str, str] = {}
    modes = {note.target: str(note.payload) for note in flow.graph.annotations if note.key == "grad_mode"}
    if not modes:
        return {}
    for node in flow.graph.nodes:
        for call in flow.index.ancestors(node.module_call) if node.kind == "call" else ():
            total[call] += 1
            if node.id in modes:
                silent[call] += 1
                kind[call] = modes[node.id]
    return {call: kind[call] for call, count in total.items() if silent[call] == count}


def _silenced(flow: Flow, end: End, quiet: dict[str, str]) -> Cut:
    """An end with the outermost call around it that ran without gradients."""
    mode = flow.index.annotations.get(end.node.id, {}).get("grad_mode")
    if mode is None:
        return Cut(end)
    outermost = None
    for call in flow.index.ancestors(end.node.module_call):
        if call not in quiet:
            break
        outermost = flow.index.calls[call]
    return Cut(end, outermost, str(mode))


def _dropped(flow: Flow, end: End) -> Cut:
    """An end with the outermost call that gave the result nobody reads."""
    outermost = None
    for call in flow.index.ancestors(end.node.module_call):
        if end.value not in flow.index.calls[call].results:
            break
        outermost = flow.index.calls[call]
    return Cut(end, outermost)


# ---- what is said of it


def _finding(evidence: Evidence, flow: Flow, cut: Cut) -> Finding:
    node = cut.end.node
    path = cut.call.path if cut.call is not None else None
    module = evidence.index.modules.get(path) if path is not None else module_at(evidence.index, node.module_call)
    groups = _modules(evidence, flow, cut.names)
    subject = names_of((f"`{name}`" for name in groups), 3)
    return Finding(
        "P002",
        "warning",
        _message(cut, subject),
        module=module.path if module is not None else "",
        type=built(module) if module is not None else "",
        op=None if cut.call is not None else node.id,
        source=_source(cut),
        operands=operands(evidence.index, node),
        dataflow=_dataflow(evidence, flow, cut),
        notes=tuple(_notes(flow, cut, groups)),
    )


def _message(cut: Cut, subject: str) -> str:
    name = cut.end.node.name
    if cut.quiet:
        return f"no gradient reaches {subject}: this runs under {QUIET[cut.quiet]}"
    if cut.end.dropped:
        return f"no gradient reaches {subject}: the result is never used"
    if name in DETACHES:
        return f"no gradient reaches {subject}: `{name}` cuts it off"
    if name in READS:
        return f"no gradient reaches {subject}: `{name}` makes {READS[name]} of it"
    if name in STEPS:
        return f"no gradient reaches {subject}: that of `{name}` is zero everywhere"
    return f"no gradient reaches {subject}: `{name}` hands none on"


def _source(cut: Cut) -> SourceLocation | None:
    return (cut.call.source if cut.call is not None else None) or cut.end.node.source


def _notes(flow: Flow, cut: Cut, groups: list[str]) -> Iterator[str]:
    yield f"{len(cut.names)} of {len(flow.parameters)} parameters: {names_of(cut.names)}"
    lines = [place_words(place) for place in cut.more if place is not None]
    if lines:
        yield f"likewise at {names_of(lines)}"
    if not cut.end.dropped:
        on = f" on `{groups[0]}`" if len(groups) == 1 else ""
        yield f"where this is meant, `requires_grad_(False)`{on} says so, and this warning goes"


def _dataflow(evidence: Evidence, flow: Flow, cut: Cut) -> tuple[Step, ...]:
    """What went in, the cut, and who reads on."""
    if cut.call is not None:
        return ()
    node = cut.end.node
    given = flow.index.nodes[flow.index.values[cut.end.value].producer]
    remark = "nobody reads it" if cut.end.dropped else "the gradient ends here"
    steps = [_step(evidence, given)] if given.kind == "call" and given is not node else []
    steps.append(_step(evidence, node, remark))
    readers = [name for result in node.results for name in flow.index.consumers.get(result, ())]
    steps.extend(_step(evidence, flow.index.nodes[name]) for name in readers[:1])
    return tuple(steps)


def _step(evidence: Evidence, node: Node, remark: str = "") -> Step:
    shape = evidence.index.values[node.results[0]].meta.shape if node.results else None
    made = sizes(shape) if node.results else ""
    return Step(operation_words(evidence.index, node), made, node.source, remark)


def _modules(evidence: Evidence, flow: Flow, names: list[str]) -> list[str]:
    """The outermost modules of which all is meant, and the parameters of the others."""
    meant = set(names)
    parts = {name: {name} for name in flow.parameters}
    inside: dict[str, set[str]] = defaultdict(set)
    for name in parts:
        path = name.rpartition(".")[0]
        while path:
            inside[path].add(name)
            path = path.rpartition(".")[0]
    found: dict[str, None] = {}
    for name in names:
        best, path = name, name.rpartition(".")[0]
        while path and inside[path] <= meant:
            best, path = path, path.rpartition(".")[0]
        found[best] = None
    return list(found)


RULES = (Rule("P002", "parameter used, yet no gradient can reach it", "warning", cut_off, default=True),)
