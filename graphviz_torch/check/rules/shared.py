"""P005: one module under several names, and one parameter in several modules."""

from __future__ import annotations

import math
from collections.abc import Iterator

from graphviz_torch.check.describe import built
from graphviz_torch.check.evidence import Evidence
from graphviz_torch.check.finding import Finding
from graphviz_torch.check.flow import names_of
from graphviz_torch.check.rule import Rule
from graphviz_torch.ir.graph import Module


def shared(evidence: Evidence) -> Iterator[Finding]:
    """Each module that is registered more than once and learns, the outermost alone, and each parameter that is."""
    for module in evidence.graph.modules:
        outer = evidence.index.modules.get(module.path.rpartition(".")[0])
        inner = outer is not None and len(outer.aliases) == len(module.aliases)
        if module.aliases and not inner and (count := _elements(evidence, module)):
            yield _module(evidence, module, count)
        for tensor in module.parameters:
            if tensor.alias_of is not None:
                yield _tensor(evidence, module, tensor.name, tensor.alias_of)


def _elements(evidence: Evidence, module: Module) -> int:
    prefix = f"{module.path}."
    parts = [one for one in evidence.graph.modules if one.path == module.path or one.path.startswith(prefix)]
    return sum(math.prod(tensor.meta.shape or ()) for one in parts for tensor in one.parameters)


def _module(evidence: Evidence, module: Module, count: int) -> Finding:
    names = names_of((f"`{path}`" for path in module.aliases), 6)
    return Finding(
        "P005",
        "info",
        f"`{module.path}` is one module under {len(module.aliases) + 1} names",
        module=module.path,
        type=built(module),
        source=evidence.place(module.path),
        notes=(f"it is {names} too: its {count:,} parameters are the same in each place, and learn from all of them",),
    )


def _tensor(evidence: Evidence, module: Module, name: str, first: str) -> Finding:
    full = f"{module.path}.{name}" if module.path else name
    return Finding(
        "P005",
        "info",
        f"`{full}` is `{first}`: one parameter in two modules",
        module=module.path,
        type=built(module),
        source=evidence.place(full),
        notes=("it learns from both, counts once in `parameters()`, and is in the state dict twice",),
    )


RULES = (Rule("P005", "weights shared between modules", "info", shared),)
