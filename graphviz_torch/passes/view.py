"""The view: which passes make a graph readable, and in which order."""

from __future__ import annotations

from graphviz_torch.ir.graph import Graph
from graphviz_torch.passes.options import ViewOptions


def view(graph: Graph, options: ViewOptions) -> Graph:
    """What `options` show of a graph."""
    return graph
