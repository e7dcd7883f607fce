"""The view: which passes make a graph readable, and in which order."""

from __future__ import annotations

from graphviz_torch.errors import ViewError
from graphviz_torch.ir.graph import Graph
from graphviz_torch.passes.collapse import collapse
from graphviz_torch.passes.options import ViewOptions
from graphviz_torch.passes.prune import prune


def view(graph: Graph, options: ViewOptions) -> Graph:
    """What `options` show of a graph.

    Raises:
        ViewError: a path or a depth that the graph has not.
    """
    if options.prune:
        graph = prune(graph)
    return _opened(graph, options)


def _opened(graph: Graph, options: ViewOptions) -> Graph:
    if options.depth in ("all", "auto"):
        return collapse(graph)
    if isinstance(options.depth, str) and not (options.depth.isascii() and options.depth.isdigit()):
        raise ViewError(f"a depth is `auto`, `all` or a number, not `{options.depth}`", hint="--depth 2")
    return collapse(graph, int(options.depth))
