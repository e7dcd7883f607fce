"""R001: where the time goes: by source line, by module and by operation, with memory and floating-point operations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from graphviz_torch.check.costs import flops, made_bytes
from graphviz_torch.check.describe import bytes_words, operation_words, place_words, scaled
from graphviz_torch.check.evidence import Evidence
from graphviz_torch.check.finding import Finding, Table
from graphviz_torch.check.rule import Rule
from graphviz_torch.check.rules.placed import finding_at
from graphviz_torch.ir.graph import Node

MOST_ROWS = 5
FLOPS = ("FLOP", "kFLOP", "MFLOP", "GFLOP", "TFLOP")


@dataclass(slots=True)
class Spent:
    """What some operations cost together."""

    nodes: list[Node] = field(default_factory=list)
    seconds: float = 0.0
    bytes: int = 0
    flops: int = 0


def hotspots(evidence: Evidence) -> Iterator[Finding]:
    """The line that takes the most time, with tables of the others."""
    timings = evidence.timings
    if timings is None or not timings.operations:
        return
    whole = sum(timings.operations.values())
    lines = _spent(evidence, lambda node: place_words(node.source) if node.source is not None else "")
    top = next(((name, spent) for name, spent in lines if name), None)
    if top is None or not whole:
        return
    spent = top[1]
    node = max(spent.nodes, key=lambda one: timings.operations.get(one.id, 0.0))
    yield finding_at(
        evidence,
        node,
        "R001",
        f"this line takes {spent.seconds / whole:.0%} of the time: {_operations(evidence, spent)}",
        severity="info",
        read=(),
        tables=(
            _table("by line", lines, whole),
            _table("by module", _modules(evidence), whole),
            _table("by operation", _spent(evidence, lambda one: one.name), whole),
        ),
        notes=(
            f"one call takes {_time(timings.total)}, its operations {_time(whole)}: the least of {timings.runs} runs, "
            "after one to warm up",
        ),
    )


def _operations(evidence: Evidence, spent: Spent) -> str:
    spans = evidence.timings.operations if evidence.timings is not None else {}
    nodes = sorted(spent.nodes, key=lambda node: -spans.get(node.id, 0.0))
    names = list(dict.fromkeys(operation_words(evidence.index, node) for node in nodes))
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(f"`{name}`" for name in names[:3]) + more


def _spent(evidence: Evidence, key: Callable[[Node], str]) -> list[tuple[str, Spent]]:
    """The costs by a property of operations, the most time first."""
    timings = evidence.timings
    found: dict[str, Spent] = defaultdict(Spent)
    for node in evidence.graph.nodes:
        if timings is not None and node.kind == "call":
            _add(evidence, found[key(node)], node, timings.operations.get(node.id, 0.0))
    return sorted(found.items(), key=lambda pair: -pair[1].seconds)


def _modules(evidence: Evidence) -> list[tuple[str, Spent]]:
    """The same by module, with all that it calls; the root, which is everything, left out."""
    timings = evidence.timings
    found: dict[str, Spent] = defaultdict(Spent)
    for node in evidence.graph.nodes:
        if timings is not None and node.kind == "call":
            calls = (evidence.index.calls[call] for call in evidence.index.ancestors(node.module_call))
            for path in {call.path for call in calls if call.path and call.kind in ("module", "inferred")}:
                _add(evidence, found[path], node, timings.operations.get(node.id, 0.0))
    return sorted(found.items(), key=lambda pair: (-pair[1].seconds, pair[0]))


def _add(evidence: Evidence, spent: Spent, node: Node, seconds: float) -> None:
    spent.nodes.append(node)
    spent.seconds += seconds
    spent.bytes += made_bytes(evidence.index, node)
    spent.flops += flops(evidence.index, node)


def _table(title: str, rows: list[tuple[str, Spent]], whole: float) -> Table:
    return Table(
        title,
        tuple(
            (
                name or "elsewhere",
                f"{spent.seconds / whole:.0%}",
                _time(spent.seconds),
                bytes_words(spent.bytes),
                scaled(spent.flops, 1000, FLOPS),
            )
            for name, spent in rows[:MOST_ROWS]
        ),
    )


def _time(seconds: float) -> str:
    return f"{seconds:.3g} s" if seconds >= 1 else f"{seconds * 1e3:.3g} ms"


RULES = (Rule("R001", "where the time goes", "info", hotspots, needs=frozenset(("time",))),)
