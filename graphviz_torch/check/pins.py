"""Findings pinned to the graph they are about, for pictures: as diagnostics, which every pass carries along."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from graphviz_torch.check.finding import Finding
from graphviz_torch.ir.graph import Diagnostic, Graph, ModuleCall


def pinned(graph: Graph, findings: tuple[Finding, ...]) -> Graph:
    """The graph with each finding at its operation or its module, and in the list below."""
    calls: dict[str, ModuleCall] = {}
    for call in graph.calls:
        calls.setdefault(call.path, call)
    nodes = {node.id for node in graph.nodes}
    found = [note for finding in findings for note in _notes(finding, nodes, calls)]
    return replace(graph, diagnostics=(*found, *graph.diagnostics))


def _notes(finding: Finding, nodes: set[str], calls: dict[str, ModuleCall]) -> Iterator[Diagnostic]:
    place = f" ({finding.source.file}:{finding.source.line})" if finding.source is not None else ""
    yield Diagnostic(finding.code, finding.severity, None, f"{finding.message}{place}")
    text = f"{finding.code}: {finding.message}"
    if finding.op in nodes:
        yield Diagnostic(finding.code, finding.severity, finding.op, text)
        return
    for path in (finding.module, *finding.others):
        if path in calls:
            yield Diagnostic(finding.code, finding.severity, calls[path].id, text)
