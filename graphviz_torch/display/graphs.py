"""A graph that shows itself."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from graphviz_torch import api
from graphviz_torch.display.look import Look, command, render_options, view_options
from graphviz_torch.display.pictures import MOST_BYTES, Picture, in_page, write
from graphviz_torch.ir.graph import Graph
from graphviz_torch.passes.options import ViewOptions

if TYPE_CHECKING:
    from graphviz_torch.check.options import CheckOptions
    from graphviz_torch.diff.options import DiffOptions
    from graphviz_torch.display.comparisons import ModelDiff
    from graphviz_torch.display.reports import ModelReport


class ModelGraph(Graph):
    """A `Graph` that shows itself: as a picture in a notebook, as a tree in a terminal.

    The options of pictures are keywords: `depth`, `fold`, `prune`, `focus`, `start`, `end`, `budget` say how much is
    drawn, as in `ViewOptions`, and `theme`, `color_by`, `direction`, `engine`, `scale`, `source_url`, `links`,
    `title`, `description`, `most_bytes` how it looks, as in `RenderOptions`.
    """

    __slots__ = ()

    def svg(self, **look: Unpack[Look]) -> str:
        """The picture as SVG, for a file of its own.

        Raises:
            RenderError: there is no such option.
            ViewError: the view names something that the graph has not.
        """
        return self._drawn("svg", look).decode("utf-8")

    def to_dot(self, **look: Unpack[Look]) -> str:
        """The picture in Graphviz' DOT language.

        Raises:
            RenderError: there is no such option.
            ViewError: the view names something that the graph has not.
        """
        return self._drawn("dot", look).decode("utf-8")

    def picture(self, **look: Unpack[Look]) -> Picture:
        """A picture that shows itself in a notebook, where the one of the graph itself shows too much or too little.

        Modules are closed until it fits in a page; where `depth` forbids that, it says so in place of a picture.

        Raises:
            RenderError: there is no such option.
            ViewError: the view names something that the graph has not.
        """
        bounded: Look = {"most_bytes": MOST_BYTES, **look}
        words = api.show(self, view_options(look))
        return in_page(lambda: self._drawn("svg", bounded), words, command("graph.save", "model.svg", look))

    def save(self, path: str | Path, **look: Unpack[Look]) -> None:
        """Writes the graph or a picture of it, by the ending of the name.

        `.json` is the whole graph, which `graphviz_torch.load` reads back without torch; `.svg`, `.png`, `.pdf`,
        `.dot`, `.mmd` and `.txt` are pictures.

        Raises:
            RenderError: there is no such format or option.
            ViewError: the view names something that the graph has not.
        """
        write(path, lambda format: self._drawn(format, look))

    def diff(self, other: Graph, options: DiffOptions | None = None) -> ModelDiff:
        """What changed from this graph to another.

        Raises:
            DiffError: the two cannot be compared.
        """
        from graphviz_torch.display.functions import diff

        return diff(self, other, options)

    def check(self, options: CheckOptions | None = None) -> ModelReport:
        """What the graph tells of what is wrong with its model; `graphviz_torch.check(model, x)` asks the model too.

        Raises:
            CheckError: an option names a code that there is not.
        """
        from graphviz_torch.display.reports import shown

        return shown(api.check_graph(self, options))

    def _drawn(self, format: str, look: Look) -> bytes:
        return api.render(self, format, view_options(look), render_options(look))

    def __str__(self) -> str:
        return api.show(self, ViewOptions())

    def __repr__(self) -> str:
        totals = api.summary(self)
        counts = ", ".join(f"{totals[name]:,} {name}" for name in ("operations", "modules", "parameters"))
        raised = f", raised {self.failure.exception}" if self.failure is not None else ""
        return f"<graph of {self.name}: {counts}{raised}>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """The picture and the tree, for notebooks."""
        return self.picture()._repr_mimebundle_(include, exclude)


def shown(graph: Graph) -> ModelGraph:
    """The graph as one that shows itself."""
    if isinstance(graph, ModelGraph):
        return graph
    return ModelGraph(**{field.name: getattr(graph, field.name) for field in fields(Graph)})
