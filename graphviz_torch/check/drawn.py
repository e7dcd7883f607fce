"""What was measured, as pictures need it: the share of the time too, and of a call the time of all that is in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from graphviz_torch.check.measured import RANGE, SECONDS
from graphviz_torch.ir.graph import Annotation, Diagnostic, Graph
from graphviz_torch.ir.walks import GraphIndex, annotated

TIME = "time"
SAYS = {
    RANGE: "a card says the least and the greatest element of what it gives",
    TIME: "times are of operations, the least of several runs; of a module all that is in it",
}


def drawn(graph: Graph) -> Graph:
    """The graph with its measurements as annotations of what is drawn."""
    times = tuple(_times(graph))
    kept = tuple(mark for mark in graph.annotations if mark.key != SECONDS)
    found = replace(graph, annotations=(*kept, *times))
    keys = {mark.key for mark in found.annotations}
    notes = tuple(Diagnostic("measured", "info", None, words) for key, words in SAYS.items() if key in keys)
    return replace(found, diagnostics=(*found.diagnostics, *notes))


def _times(graph: Graph) -> Iterator[Annotation]:
    index = GraphIndex(graph)
    spent: dict[str, float] = defaultdict(float)
    for mark in annotated(graph, SECONDS):
        node = index.nodes.get(mark.target)
        if node is not None and isinstance(mark.payload, (int, float)):
            for target in (node.id, *index.ancestors(node.module_call)):
                spent[target] += mark.payload
    whole = sum(seconds for target, seconds in spent.items() if target in index.nodes)
    for target, seconds in spent.items():
        yield Annotation(target, TIME, {"seconds": seconds, "share": seconds / whole if whole else 0.0})
