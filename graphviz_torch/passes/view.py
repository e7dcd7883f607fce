"""The view: which passes make a graph readable, and in which order."""

from __future__ import annotations

from graphviz_torch.errors import ViewError
from graphviz_torch.ir.collector import collector_paused
from graphviz_torch.ir.graph import Graph
from graphviz_torch.passes.auto_depth import TOLERANCE, auto_depth
from graphviz_torch.passes.between import between
from graphviz_torch.passes.collapse import collapse
from graphviz_torch.passes.focus import focus
from graphviz_torch.passes.fold import fold
from graphviz_torch.passes.functions import by_function, crowded
from graphviz_torch.passes.options import ViewOptions
from graphviz_torch.passes.prune import prune


def view(graph: Graph, options: ViewOptions) -> Graph:
    """What `options` show of a graph.

    Raises:
        ViewError: a path or a depth that the graph has not.
    """
    with collector_paused():
        cut = _cut(graph, options)
        shown = _folded(cut, options)
        if options.depth == "auto" and crowded(shown, options.budget * TOLERANCE):
            shown = _folded(by_function(cut), options)
        return _opened(shown, options)


def part(graph: Graph, options: ViewOptions) -> Graph:
    """What `options` show of a graph, but for the depth: every call is open.

    Raises:
        ViewError: a path that the graph has not.
    """
    with collector_paused():
        return _folded(_cut(graph, options), options)


def _cut(graph: Graph, options: ViewOptions) -> Graph:
    if options.prune:
        graph = prune(graph)
    if options.focus is not None:
        graph = focus(graph, options.focus)
    if options.start is not None or options.end is not None:
        graph = between(graph, options.start, options.end)
    return graph


def _folded(graph: Graph, options: ViewOptions) -> Graph:
    return fold(graph) if options.fold else graph


def _opened(graph: Graph, options: ViewOptions) -> Graph:
    if options.depth == "auto":
        return auto_depth(graph, options.budget)
    if options.depth == "all":
        return collapse(graph)
    return collapse(graph, number_of(options.depth))


def number_of(depth: int | str) -> int:
    """A depth that is a number.

    Raises:
        ViewError: it is none.
    """
    if isinstance(depth, str) and not (depth.isascii() and depth.isdigit()):
        raise ViewError(f"a depth is `auto`, `all` or a number, not `{depth}`", hint="--depth 2")
    return int(depth)
