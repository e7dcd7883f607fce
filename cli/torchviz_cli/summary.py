"""One line that says what was drawn."""

from __future__ import annotations

from graphviz_torch import api
from graphviz_torch.ir.graph import Graph


def summary_line(graph: Graph) -> str:
    """`MLP · 924 parameters · 5 operations in 4 module calls`."""
    totals = api.summary(graph)
    words = [graph.name]
    for key, word in (("parameters", "parameter"), ("operations", "operation"), ("module_calls", "module call")):
        count = totals.get(key)
        count = count.get("elements", count.get("count")) if isinstance(count, dict) else count
        if isinstance(count, int):
            words.append(f"{count:,} {word}{'' if count == 1 else 's'}")
    notes = [d for d in graph.diagnostics if d.severity != "info"]
    if notes:
        words.append(f"{len(notes)} {'thing' if len(notes) == 1 else 'things'} that could not be followed")
    return " · ".join(words)
