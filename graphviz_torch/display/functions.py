"""The functions that programs and notebooks call: those of `api`, with answers that show themselves."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphviz_torch import api
from graphviz_torch.display import graphs
from graphviz_torch.display.graphs import ModelGraph
from graphviz_torch.errors import TraceError
from graphviz_torch.ir.graph import Graph
from graphviz_torch.trace.options import TraceOptions

if TYPE_CHECKING:
    from torch import nn

    from graphviz_torch.check.options import CheckOptions
    from graphviz_torch.diff.options import DiffOptions
    from graphviz_torch.display.comparisons import ModelDiff
    from graphviz_torch.display.reports import ModelReport


def trace(
    model: nn.Module, args: Any = (), kwargs: Mapping[str, Any] | None = None, options: TraceOptions | None = None
) -> ModelGraph:
    """Runs a model once and returns the graph of what ran, which shows itself.

    Args:
        model: stays as it is: its weights, its mode, its hooks.
        args: a tuple or list of the positional arguments, or the only one: `trace(model, x)`.
        kwargs: the others, by name.
        options: which tracer, in which mode, from which random state.

    Raises:
        TargetError: the model is no `nn.Module`.
        ArgumentsError: `kwargs` is no mapping; several positional arguments are one tuple.
        TraceError: the model raised; the error carries the partial graph.
        UnsupportedModelError: the chosen static tracer cannot follow this model.
    """
    try:
        return graphs.shown(api.trace(model, args, kwargs, options))
    except TraceError as error:
        from graphviz_torch.display import errors

        raise errors.shown(error) from error.__cause__


def load(path: str | Path) -> ModelGraph:
    """Reads a graph that was saved as JSON, without torch.

    Args:
        path: the file, as `ModelGraph.save` or `torchviz-cli render -o FILE.json` wrote it.

    Raises:
        GraphFormatError: the file is truncated, malformed or of another schema.
    """
    return graphs.shown(api.load(path))


def diff(old: Graph, new: Graph, options: DiffOptions | None = None) -> ModelDiff:
    """What changed from one graph to another: what was edited, what follows from it, and whether old weights fit.

    Args:
        old: the graph before.
        new: the graph after.
        options: names of the two, and what is known of modules that got other names.

    Raises:
        DiffError: the two cannot be compared, or a map names what they have not.
    """
    from graphviz_torch.diff.options import DiffOptions
    from graphviz_torch.display import comparisons

    before, after = _name(old), _name(new)
    names = DiffOptions(old=before, new=after) if before != after else DiffOptions(old="before", new="after")
    return comparisons.shown(api.diff(old, new, options or names), old, new)


def check(
    model: nn.Module,
    args: Any = (),
    kwargs: Mapping[str, Any] | None = None,
    options: CheckOptions | None = None,
) -> ModelReport:
    """Says what is wrong with a model, and where: runs it, and looks at what ran.

    Args:
        model: stays as it is.
        args: a tuple or list of the positional arguments, or the only one: `check(model, x)`.
        kwargs: the others, by name.
        options: which codes are looked for, and with which evidence.

    Raises:
        CheckError: an option names a code that there is not.
        TargetError: the model is no `nn.Module`.
        ArgumentsError: `kwargs` is no mapping; several positional arguments are one tuple.
    """
    from graphviz_torch.display import reports

    return reports.shown(api.check(model, args, kwargs, options))


def _name(graph: Graph) -> str:
    return graph.origin.target or graph.name
