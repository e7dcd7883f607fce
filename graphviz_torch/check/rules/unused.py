"""P001, P004: parameters and modules that the model has and does not use."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import accumulate

from graphviz_torch.check.describe import built
from graphviz_torch.check.evidence import Evidence
from graphviz_torch.check.finding import Finding
from graphviz_torch.check.rule import Rule
from graphviz_torch.ir.graph import Graph, Module

CONTAINERS = "torch.nn.modules.container."
# Held for the training loop, which calls them outside of forward.
LOSSES = "torch.nn.modules.loss."
# Where Python reads a value, which of several modules runs can depend on the data.
DECIDES = frozenset(("item", "__bool__", "bool", "tolist", "__int__", "int", "index", "nonzero", "numpy"))
LISTS = ("ModuleList", "ModuleDict")


def uncalled(evidence: Evidence) -> Iterator[Finding]:
    """A module of which nothing ran, and whose parameters nothing read; the outermost of several."""
    for module in idle(evidence):
        count = sum(_elements(inner) for inner in _with_inner(evidence.graph, module))
        notes = (f"its {count:,} parameters never learn",) if count else ()
        yield Finding(
            "P004",
            "warning",
            f"`{module.path}` is constructed but never called",
            module=module.path,
            type=built(module),
            source=evidence.place(module.path),
            notes=notes,
        )


def unread(evidence: Evidence) -> Iterator[Finding]:
    """A parameter that no operation read, of a module that did run."""
    if not evidence.complete:
        return
    for path, name, shape in _missing(evidence.graph, used(evidence.graph)):
        if evidence.referenced(name) or _in_other_mode(evidence, name):
            continue
        module = evidence.index.modules[path]
        yield Finding(
            "P001",
            "warning",
            f"parameter `{name}` is never used in forward",
            module=path,
            type=built(module),
            source=evidence.place(name),
            notes=(f"its {math.prod(shape):,} elements never learn",),
        )


def _missing(graph: Graph, seen: set[str]) -> Iterator[tuple[str, str, tuple[int, ...]]]:
    """Module path, full name and shape of the parameters that are not used, of modules that are."""
    for module in graph.modules:
        if (module.path and module.path not in seen) or module.type.startswith(LOSSES):
            continue
        for tensor in module.parameters:
            name = f"{module.path}.{tensor.name}" if module.path else tensor.name
            if tensor.alias_of is None and name not in seen:
                yield module.path, name, tensor.meta.shape or ()


def idle(evidence: Evidence) -> list[Module]:
    """The outermost modules that are not used at all, in the mode of the run and in the other one."""
    if not evidence.complete:
        return []
    return [
        module
        for module in _unused(evidence.graph, used(evidence.graph))
        if not _elsewhere(evidence, module) and not _in_other_mode(evidence, module.path)
    ]


def _elsewhere(evidence: Evidence, module: Module) -> bool:
    """Whether the code speaks of a module that did not run, so that other inputs or options may run it."""
    spoken_of = evidence.referenced(module.path)
    return _decides(evidence.graph) if spoken_of is None else spoken_of


def _in_other_mode(evidence: Evidence, path: str) -> bool:
    """Whether the other mode uses something; what no code speaks of no mode uses, and needs no run."""
    if evidence.referenced(path) is False and not evidence.spoken_of(path):
        return False
    return evidence.other_mode is not None and path in used(evidence.other_mode)


def used(graph: Graph) -> set[str]:
    """Paths of the modules that ran or of which something was read, with all around them, and of what was read."""
    names = [node.name for node in graph.nodes if node.kind in ("parameter", "buffer", "constant")]
    paths = [call.path for call in graph.calls]
    return {path for name in (*names, *paths) for path in accumulate(name.split("."), lambda one, two: f"{one}.{two}")}


def _unused(graph: Graph, seen: set[str]) -> list[Module]:
    modules = {module.path: module for module in graph.modules}
    decides = _decides(graph)
    found: list[Module] = []
    for module in graph.modules:
        parent = modules.get(module.path.rpartition(".")[0])
        if not module.path or module.path in seen or parent is None:
            continue
        if parent.path and parent.path not in seen:  # the one around it is told of
            continue
        if _meant(graph, module, parent) and not (_is_list(parent) and (decides or parent.type_name == "ModuleDict")):
            found.append(module)
    return found


def _decides(graph: Graph) -> bool:
    """Whether Python read a value, on which it can depend what runs."""
    return any(note.code in DECIDES for note in graph.diagnostics)


def _meant(graph: Graph, module: Module, parent: Module) -> bool:
    """Whether a module is there to be called by the code of the module around it."""
    own = parent.type.startswith("torch.") and not parent.type.startswith(CONTAINERS)
    return not own and not module.type.startswith(LOSSES) and not _empty(module, graph)


def _empty(module: Module, graph: Graph) -> bool:
    """Whether there is nothing in it that could be missed."""
    return module.type_name == "Identity" or (_is_list(module) and len(list(_with_inner(graph, module))) == 1)


def _is_list(module: Module) -> bool:
    return module.type.startswith(CONTAINERS) and module.type_name in LISTS


def _with_inner(graph: Graph, module: Module) -> Iterator[Module]:
    for inner in graph.modules:
        if inner.path == module.path or inner.path.startswith(f"{module.path}."):
            yield inner


def _elements(module: Module) -> int:
    return sum(math.prod(tensor.meta.shape or ()) for tensor in module.parameters if tensor.alias_of is None)


RULES = (
    Rule("P001", "parameter never used in forward", "warning", unread, default=True),
    Rule("P004", "module constructed, never called", "warning", uncalled, default=True),
)
