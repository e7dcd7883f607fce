"""JSON: the whole graph as it was traced, to be drawn, searched or compared later."""

from __future__ import annotations

from graphviz_torch.ir import serial
from graphviz_torch.ir.graph import Graph
from graphviz_torch.render.options import RenderOptions


def render(graph: Graph, options: RenderOptions) -> bytes:
    """The graph as `graphviz_torch.load` reads it."""
    del options
    return serial.dumps(graph).encode("ascii")
