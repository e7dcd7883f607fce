"""The public functions: they join the stages and do nothing else; what not every one of them needs loads on demand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphviz_torch import plugins
from graphviz_torch.errors import RenderError, RenderLimitError, TorchvizError
from graphviz_torch.ir import serial
from graphviz_torch.ir.collector import collector_paused
from graphviz_torch.ir.graph import Diagnostic, Graph
from graphviz_torch.ir.reading import Reader
from graphviz_torch.passes.options import ViewOptions
from graphviz_torch.passes.view import part, view
from graphviz_torch.render import formats
from graphviz_torch.render.options import RenderOptions
from graphviz_torch.trace import tracers
from graphviz_torch.trace.options import TraceOptions

if TYPE_CHECKING:
    from torch import nn

    from graphviz_torch.check.options import CheckOptions
    from graphviz_torch.check.report import Report
    from graphviz_torch.diff.options import DiffOptions
    from graphviz_torch.diff.result import Comparison
    from graphviz_torch.errors import BuildError

SMALLEST_BUDGET = 4
# How deep a comparison is open where it would not fit otherwise.
CLOSER = (3, 2, 1, 0)


def trace(
    model: nn.Module, args: Any = (), kwargs: Mapping[str, Any] | None = None, options: TraceOptions | None = None
) -> Graph:
    """Runs a model once and returns the graph of what ran.

    Args:
        model: stays as it is.
        args: a tuple or list of the positional arguments, or the only one.
        kwargs: the others, by name.
        options: which tracer, in which mode, from which random state.

    Raises:
        TargetError: the model is no `nn.Module`.
        ArgumentsError: `kwargs` is no mapping.
        TraceError: the model raised; the error carries the partial graph.
        UnsupportedModelError: the chosen static tracer cannot follow this model.
    """
    options = options or TraceOptions()
    tracer = plugins.load(tracers.TRACERS, tracers.GROUP, options.tracer)
    if tracer is None:
        known = ", ".join(plugins.names(tracers.TRACERS, tracers.GROUP))
        raise TorchvizError(f"there is no tracer named `{options.tracer}`", details=(f"known tracers: {known}",))
    from graphviz_torch.trace import given

    graph: Graph = tracer(model, *given.call_of(model, args, kwargs), options)
    return graph


def render(
    graph: Graph, format: str, view_options: ViewOptions | None = None, options: RenderOptions | None = None
) -> bytes:
    """Draws a graph, or what `view_options` show of it, in one format.

    Where the picture is beyond a limit of the format and `view_options` leave the depth to us, modules are
    closed until it fits.

    Raises:
        RenderError: the format is unknown, or the picture does not fit.
        ViewError: the view names something that the graph has not.
    """
    name = formats.ALIASES.get(format, format)
    options = options or RenderOptions()
    renderer = _drawing(name, options)
    if name in formats.WHOLE_GRAPH:
        whole: bytes = renderer(graph, options)
        return whole
    return _fitting(graph, view_options or ViewOptions(), lambda shown: renderer(shown, options))


def _drawing(format: str, options: RenderOptions) -> Callable[..., bytes]:
    """The renderer of a format, with the engine that is asked for."""
    renderer = _renderer(format)
    if options.engine == "dot" and format in formats.DRAWN_BY_DOT:
        return partial(_drawn_by_dot, native=renderer, format=format)
    return renderer


def _renderer(format: str) -> Callable[..., bytes]:
    """The renderer of a format."""
    found: Callable[..., bytes] | None = plugins.load(
        formats.FORMATS, formats.GROUP, formats.ALIASES.get(format, format)
    )
    if found is None:
        known = ", ".join(plugins.names(formats.FORMATS, formats.GROUP))
        raise RenderError(f"there is no format named `{format}`", details=(f"known formats: {known}",))
    return found


def _fitting(graph: Graph, view_options: ViewOptions, draw: Callable[[Graph], bytes]) -> bytes:
    """The picture with as many modules open as fit, where the depth is left to us."""
    first, *others = _smaller(view_options)
    try:
        return draw(view(graph, first))
    except RenderLimitError as error:
        limit = error
    told = _told(graph)
    for smaller in others:
        try:
            return draw(view(told, smaller))
        except RenderLimitError as error:
            limit = error
    raise limit


def _told(graph: Graph) -> Graph:
    """The graph with a word on why so little of it is open."""
    operations = sum(node.kind == "call" for node in graph.nodes)
    text = f"{operations:,} operations in all; modules are closed so that the picture fits"
    return replace(graph, diagnostics=(Diagnostic("closed", "info", None, text), *graph.diagnostics))


def _smaller(options: ViewOptions) -> Iterator[ViewOptions]:
    """The view itself; where its depth is `auto`, then with half the budget, and so on down to a single node."""
    yield options
    if options.depth != "auto":
        return
    budget = options.budget // 2
    while budget >= SMALLEST_BUDGET:
        yield replace(options, budget=budget)
        budget //= 2
    yield replace(options, depth=0)


def _drawn_by_dot(graph: Graph, options: RenderOptions, *, native: Callable[..., bytes], format: str) -> bytes:
    """The picture of the user's own Graphviz, or ours with a warning that says why."""
    from graphviz_torch.render import engine_dot

    picture = engine_dot.draw(graph, options, format)
    return native(graph, options) if picture is None else picture


def show(
    graph: Graph,
    view_options: ViewOptions | None = None,
    *,
    width: int = 100,
    color: bool = False,
    operations: bool = False,
) -> str:
    """The tree of module calls as text for a terminal, repeats as one line, with the totals of the whole graph.

    `view_options` say how much of it; their default is every level.
    """
    from graphviz_torch.render import totals, tree

    options = view_options or ViewOptions(depth="all")
    shown = part(graph, options) if options.depth == "all" else view(graph, options)
    return tree.render_tree(shown, width, color, operations=operations, totals=totals.summary(graph))


def summary(graph: Graph) -> dict[str, Any]:
    """The totals of a graph, as plain data."""
    from graphviz_torch.render import totals

    return totals.summary(graph)


def explain(graph: Graph) -> tuple[str, ...]:
    """Why the run failed, one fact a line; empty where it did not."""
    from graphviz_torch.trace.explain import describe

    return describe(graph)


def diff(old: Graph, new: Graph, options: DiffOptions | None = None) -> Comparison:
    """What changed from one graph to another: what was edited, what follows from it, and whether old weights fit."""
    with collector_paused():  # the import alone would have it look through both graphs
        from graphviz_torch.diff.compare import compare
        from graphviz_torch.diff.options import DiffOptions

        return compare(old, new, options or DiffOptions())


def render_diff(
    old: Graph,
    new: Graph,
    comparison: Comparison,
    format: str,
    options: RenderOptions | None = None,
    *,
    context: int | None = None,
    view_options: ViewOptions | None = None,
) -> bytes:
    """Draws two graphs as one: what was added, removed, changed and moved, and as much as needed of what was not.

    Args:
        comparison: what `diff` found between the two.
        context: how many edges from a change its surroundings are shown; `None` for as many as are readable.
        view_options: how much of it; their default opens what is around a change.

    Raises:
        RenderError: the format is unknown or draws no pictures, or the picture does not fit.
        ViewError: the view names something that neither graph has.
    """
    from graphviz_torch.diff.drawn import undrawn
    from graphviz_torch.diff.overlay import overlay
    from graphviz_torch.report.words import below

    name = formats.ALIASES.get(format, format)
    if name in formats.WHOLE_GRAPH:
        raise RenderError(f"`{name}` is no picture of a comparison")
    options = options or RenderOptions()
    renderer = _drawing(name, options)
    merged = overlay(old, new, comparison)
    notes = below(comparison, undrawn(comparison, old, new))
    merged = replace(merged, diagnostics=(*notes, *merged.diagnostics))
    return _closer(merged, context, view_options or ViewOptions(), lambda shown: renderer(shown, options))


def _closer(graph: Graph, context: int | None, options: ViewOptions, draw: Callable[[Graph], bytes]) -> bytes:
    """The picture; where it would not fit with less around the changes, then with changed modules closed too."""
    from graphviz_torch.passes.changed import changed

    tries = [(wide, options) for wide in dict.fromkeys((context, 1, 0))]
    if options.depth == "auto":
        tries += [(0, replace(options, depth=depth)) for depth in CLOSER]
    for wide, shown in tries:
        try:
            return draw(changed(graph, wide, shown))
        except RenderLimitError as error:
            limit = error
    raise limit


def check(
    model: nn.Module,
    args: Any = (),
    kwargs: Mapping[str, Any] | None = None,
    options: CheckOptions | None = None,
    *,
    command: str = "",
) -> Report:
    """Says what is wrong with a model, and where: runs it, and looks at what ran.

    Args:
        model: stays as it is.
        args: a tuple or list of the positional arguments, or the only one.
        kwargs: the others, by name.
        options: which codes are looked for, and with which evidence.
        command: the command line so far, for hints that are lines to type.

    Raises:
        CheckError: an option names a code that there is not.
        TargetError: the model is no `nn.Module`.
        ArgumentsError: `kwargs` is no mapping.
    """
    from graphviz_torch.check import run
    from graphviz_torch.check.evidence import Evidence
    from graphviz_torch.check.options import CheckOptions
    from graphviz_torch.trace import given
    from graphviz_torch.trace.probes.model import Probes

    options = options or CheckOptions()
    wanted = TraceOptions(training=options.training, seed=options.seed, target=options.target, roots=options.roots)
    return run.check(Evidence(options, probes=Probes(model, *given.call_of(model, args, kwargs), wanted, command)))


def check_graph(graph: Graph, options: CheckOptions | None = None) -> Report:
    """Says what a saved graph tells of what is wrong with its model."""
    from graphviz_torch.check import run
    from graphviz_torch.check.evidence import Evidence
    from graphviz_torch.check.options import CheckOptions

    return run.check(Evidence(options or CheckOptions(), graph=graph))


def check_unbuilt(error: BuildError, options: CheckOptions | None = None) -> Report:
    """Says where a model could not be built."""
    from graphviz_torch.check import run
    from graphviz_torch.check.evidence import Evidence
    from graphviz_torch.check.options import CheckOptions

    return run.check(Evidence(options or CheckOptions(), unbuilt=error))


def render_report(
    report: Report, format: str, view_options: ViewOptions | None = None, options: RenderOptions | None = None
) -> bytes:
    """Draws the graph that was checked, with each finding pinned to what it is about, and all of them below.

    Raises:
        RenderError: the format is unknown, or nothing ran that could be drawn.
    """
    from graphviz_torch.check.drawn import drawn
    from graphviz_torch.check.pins import pinned

    if not report.graph.nodes and not report.graph.calls:
        raise RenderError("nothing ran, so there is nothing to draw")
    return render(pinned(drawn(report.graph), report.findings), format, view_options, options)


def save(graph: Graph, path: str | Path) -> None:
    """Writes a graph as JSON."""
    Path(path).write_text(serial.dumps(graph), encoding="utf-8", newline="\n")


def load(path: str | Path, reader: Reader | None = None) -> Graph:
    """Reads a graph that `save` wrote.

    Args:
        reader: reads several graphs, and what one has in common with the one before only once.

    Raises:
        GraphFormatError: the file is truncated, malformed or of another schema.
    """
    return (reader or Reader()).loads(Path(path).read_bytes())
