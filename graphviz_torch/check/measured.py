"""What was measured, written into the graph: the range of each value and the time of each operation and call."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from graphviz_torch.check.evidence import Evidence
from graphviz_torch.check.units import units
from graphviz_torch.ir.graph import Annotation, Graph, Json
from graphviz_torch.trace.probes.records import ValueStats

RANGE, SECONDS = "range", "seconds"


def measured(evidence: Evidence) -> Graph:
    """The graph with what the options had measured, as annotations."""
    found = (*_ranges(evidence), *_seconds(evidence))
    if not found:
        return evidence.graph
    return replace(evidence.graph, annotations=(*evidence.graph.annotations, *found))


def _ranges(evidence: Evidence) -> Iterator[Annotation]:
    if evidence.options.stats:
        for value, stats in evidence.stats.items():
            if value in evidence.index.values:  # another run can take another way
                yield Annotation(value, RANGE, {**_payload(stats), **_dead(evidence, value, stats)})


def _dead(evidence: Evidence, value: str, stats: ValueStats) -> dict[str, Json]:
    """The units of what a rectifier made, where there are some."""
    producer = evidence.index.nodes[evidence.index.values[value].producer]
    found = units(evidence, producer) if stats.silent and value in producer.results[:1] else None
    return {} if found is None else {"units": found.count, "dead": found.dead}


def _payload(stats: ValueStats) -> dict[str, Json]:
    return {
        "elements": stats.elements,
        "minimum": stats.minimum,
        "maximum": stats.maximum,
        "mean": stats.mean,
        "std": stats.std,
        "zeros": stats.zeros,
        "nan": stats.nan,
        "inf": stats.inf,
    }


def _seconds(evidence: Evidence) -> Iterator[Annotation]:
    timings = evidence.timings if evidence.options.time else None
    if timings is not None:
        known = evidence.index.nodes.keys() | evidence.index.calls.keys()
        for name, seconds in (*timings.operations.items(), *timings.calls.items()):
            if name in known:
                yield Annotation(name, SECONDS, seconds)


def document(graph: Graph) -> dict[str, Any]:
    """The measurements of a graph by the ids of its elements, as plain data; empty where nothing was measured."""
    found: dict[str, Any] = {}
    for note in graph.annotations:
        if note.key in (RANGE, SECONDS):
            found.setdefault(note.key, {})[note.target] = note.payload
    return found
