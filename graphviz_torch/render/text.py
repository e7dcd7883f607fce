"""Text: what is shown of the graph, one line a node."""

from __future__ import annotations

from graphviz_torch.ir import text
from graphviz_torch.ir.graph import Graph
from graphviz_torch.render.options import RenderOptions


def render(graph: Graph, options: RenderOptions) -> bytes:
    """The text form."""
    del options
    return text.dumps(graph).encode("utf-8", "backslashreplace")
