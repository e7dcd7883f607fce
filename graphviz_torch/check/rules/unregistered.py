"""P003: modules and tensors that learn and are not registered: in plain lists, as attributes, or new each time."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

from graphviz_torch.check.describe import built, place_words
from graphviz_torch.check.evidence import Evidence
from graphviz_torch.check.finding import Finding
from graphviz_torch.check.fresh import fresh
from graphviz_torch.check.rule import Rule
from graphviz_torch.check.rules.placed import finding_at
from graphviz_torch.ir.graph import Node, SourceLocation
from graphviz_torch.trace.probes.records import Loose

HOLDERS = {"module": "nn.Module", "parameter": "nn.Parameter", "tensor": "nn.Parameter"}
# `self.teacher = [teacher]`: whoever writes a list around one name hides it on purpose.
HIDDEN = re.compile(r"=\s*[\[(]\s*[\w.]+\s*,?\s*[\])]\s*(#|$)")


@dataclass(frozen=True, slots=True)
class Unknown:
    """One attribute, with what of it the run used and could learn."""

    path: str
    items: tuple[Loose, ...]
    tensors: tuple[Node, ...]


def unknown(evidence: Evidence) -> Iterator[Finding]:
    """What forward uses and gradients reach, and `parameters()` does not tell of."""
    if not evidence.complete or not any(_learns(evidence, node) for node in evidence.graph.nodes):
        return
    for found in _attributes(evidence):
        place = evidence.place(found.path)
        if found.items[0].container and place is not None and HIDDEN.search(place.code):
            continue
        yield _finding(evidence, found, place)


def new_each_time(evidence: Evidence) -> Iterator[Finding]:
    """Layers and parameters that forward makes."""
    index = evidence.index
    for found in fresh(index) if evidence.complete else ():
        readers = [index.nodes[name] for name in index.consumers.get(found.value, ())]
        used = next((node for node in readers if node.source is not None), None)
        at = f" (`{used.name}` at {place_words(used.source)})" if used is not None and used.source is not None else ""
        told = finding_at(
            evidence,
            found.node,
            "P003",
            f"`{found.what}` is made in forward: it is a new one at each call",
            read=(),
            notes=(f"what it learns is used once{at} and lost: no optimizer has it, and no `state_dict()`",),
            help="make it in `__init__`, as an attribute of the module",
        )
        yield replace(told, op=used.id) if used is not None else told  # pictures show it where it is used


def both(evidence: Evidence) -> Iterator[Finding]:
    """What the model holds, and what it makes."""
    yield from unknown(evidence)
    yield from new_each_time(evidence)


def _learns(evidence: Evidence, node: Node) -> bool:
    return node.kind == "constant" and node.results[0] in evidence.flow.reached and evidence.flow.wants(node.results[0])


def _attributes(evidence: Evidence) -> Iterator[Unknown]:
    held: dict[str, list[Loose]] = defaultdict(list)
    for item in evidence.loose:
        if item.kind != "module" or item.container:  # a module as plain attribute was put there past `__setattr__`
            held[item.path.partition("[")[0] if item.container else item.path].append(item)
    learnt = [node for node in evidence.graph.nodes if _learns(evidence, node)]
    for path, items in held.items():
        used = [item for item in items if any(_within(node.name, item.path) for node in learnt)]
        if used:
            tensors = [node for node in learnt if any(_within(node.name, item.path) for item in used)]
            yield Unknown(path, tuple(item for item in items if item.kind == used[0].kind), tuple(tensors))


def _within(name: str, path: str) -> bool:
    return name == path or name.startswith(f"{path}.")


def _finding(evidence: Evidence, found: Unknown, place: SourceLocation | None) -> Finding:
    first = found.items[0]
    owner = evidence.index.modules[first.owner]
    return Finding(
        "P003",
        "warning",
        _message(found),
        module=owner.path,
        type=built(owner),
        source=place,
        notes=tuple(_notes(evidence, found)),
        help=_help(first, place),
    )


def _message(found: Unknown) -> str:
    first, count = found.items[0], len(found.items)
    if not first.container:
        what = "a parameter" if first.kind == "parameter" else "a tensor with `requires_grad`"
        return f"`{found.path}` is {what} that the model does not know: it is no `nn.Parameter`"
    nouns = {"module": "module", "parameter": "parameter", "tensor": "tensor with `requires_grad`"}
    noun = nouns[first.kind].replace("module", "modules").replace("parameter", "parameters")
    noun = noun.replace("tensor", "tensors") if count != 1 else nouns[first.kind]
    return f"`{found.path}` is a {first.container} of {count} {noun} that the model does not know"


def _notes(evidence: Evidence, found: Unknown) -> Iterator[str]:
    count = sum(math.prod(evidence.index.values[node.results[0]].meta.shape or ()) for node in found.tensors)
    readers = evidence.index.consumers.get(found.tensors[0].results[0], ())
    source = evidence.index.nodes[readers[0]].source if readers else None
    at = f" ({source.file}:{source.line})" if source is not None else ""
    what = "1 element is" if count == 1 else f"{count:,} parameters are"
    missing = "is" if count == 1 else "are"
    yield f"{what} used in forward{at} and {missing} missing from `parameters()`: no optimizer changes them"
    yield "`.to()`, `.eval()` and `state_dict()` pass them by as well"


def _help(first: Loose, place: SourceLocation | None) -> str:
    if not first.container:
        if place is not None and "Parameter(" in place.code:
            return "what is done to an `nn.Parameter` gives a plain tensor: make `nn.Parameter` the outermost call"
        return f"`self.{first.path.rpartition('.')[2]} = nn.Parameter(...)`"
    kind = "Module" if first.kind == "module" else "Parameter"
    return f"`nn.{kind}Dict({{...}})`" if first.container == "dict" else f"`nn.{kind}List([...])`"


RULES = (Rule("P003", "modules or parameters that are not registered", "warning", both, default=True),)
