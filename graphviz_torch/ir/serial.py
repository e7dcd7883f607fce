"""Graphs as JSON."""

from __future__ import annotations

from graphviz_torch.ir.graph import Graph


def dumps(graph: Graph) -> str:
    """The graph as JSON text."""
    raise NotImplementedError


def loads(text: str) -> Graph:
    """The graph that `dumps` wrote."""
    raise NotImplementedError
