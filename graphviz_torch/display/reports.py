"""A report of a check that shows itself."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any, Unpack

from graphviz_torch import api
from graphviz_torch.check import html, text
from graphviz_torch.check.report import Report
from graphviz_torch.display.look import Look, command, render_options, view_options
from graphviz_torch.display.pictures import MOST_BYTES, Picture, in_page, write


class ModelReport(Report):
    """A `Report` that shows itself: what was found, in words, with each finding pinned to a picture in a notebook."""

    __slots__ = ()

    def picture(self, **look: Unpack[Look]) -> Picture:
        """The graph with each finding pinned to what it is about.

        Raises:
            RenderError: nothing ran that could be drawn, or there is no such option.
            ViewError: the view names something that the graph has not.
        """
        view, options = view_options(look), render_options({"most_bytes": MOST_BYTES, **look})
        return in_page(
            lambda: api.render_report(self, "svg", view, options),
            self.text(),
            command("report.save", "report.svg", look),
        )

    def save(self, path: str | Path, **look: Unpack[Look]) -> None:
        """Writes that picture, in the format that the name ends in; errors as for `picture`."""
        view, options = view_options(look), render_options(look)
        write(path, lambda format: api.render_report(self, format, view, options))

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        name = self.graph.name or "the model"
        return f"<report on {name}: {text.counted(self.findings)}>"

    def _repr_html_(self) -> str:
        """What was found, and where, for notebooks."""
        return f"{html.render(self)}{self.picture().image() if self._pinned else ''}"

    @property
    def _pinned(self) -> bool:
        """Whether there is anything to see in a picture."""
        return bool(self.findings and self.graph.nodes)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """The words and the picture, for notebooks."""
        del include, exclude
        return {"text/html": self._repr_html_(), "text/plain": self.text()}


def shown(report: Report) -> ModelReport:
    """The report as one that shows itself."""
    return ModelReport(**{field.name: getattr(report, field.name) for field in fields(Report)})
