"""A comparison that shows itself."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from html import escape
from pathlib import Path
from typing import Any, Unpack

from graphviz_torch import api
from graphviz_torch.check.html import COLUMNS
from graphviz_torch.diff.result import Comparison
from graphviz_torch.display.look import Look, command, render_options, view_options
from graphviz_torch.display.pictures import MOST_BYTES, Picture, in_page, write
from graphviz_torch.ir.graph import Graph
from graphviz_torch.report import json, text


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class ModelDiff(Comparison):
    """A `Comparison` that shows itself: what changed, in words, with both versions as one picture in a notebook.

    Attributes:
        old_graph, new_graph: what was compared.
    """

    old_graph: Graph = field(default=Graph(""))
    new_graph: Graph = field(default=Graph(""))

    def text(self) -> str:
        """What changed, as the command line tells it."""
        return text.render(self)

    def to_dict(self) -> dict[str, Any]:
        """What changed, as plain data, as `--json` prints it."""
        return json.document(self)

    def svg(self, *, context: int | None = None, **look: Unpack[Look]) -> str:
        """Both versions as one picture, for a file of its own.

        Args:
            context: how many edges from a change its surroundings are shown; `None` for as many as are readable.

        Raises:
            RenderError: there is no such option.
            ViewError: the view names something that neither graph has.
        """
        return self._drawn("svg", context, look).decode("utf-8")

    def picture(self, *, context: int | None = None, **look: Unpack[Look]) -> Picture:
        """Both versions as one picture that shows itself in a notebook; `context` and errors as for `svg`."""
        bounded: Look = {"most_bytes": MOST_BYTES, **look}
        return in_page(
            lambda: self._drawn("svg", context, bounded), self.text(), command("comparison.save", "diff.svg", look)
        )

    def save(self, path: str | Path, *, context: int | None = None, **look: Unpack[Look]) -> None:
        """Writes both versions as one picture, in the format that the name ends in; `context` as for `svg`.

        Raises:
            RenderError: there is no such format or option.
            ViewError: the view names something that neither graph has.
        """
        write(path, lambda format: self._drawn(format, context, look))

    def _drawn(self, format: str, context: int | None, look: Look) -> bytes:
        return api.render_diff(
            self.old_graph,
            self.new_graph,
            self,
            format,
            render_options(look),
            context=context,
            view_options=view_options(look),
        )

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        found = f"{_count(len(self.changes), 'change')}, {_count(len(self.consequences), 'consequence')}"
        return f"<comparison of {self.old} and {self.new}: {'equal' if self.equal else found}>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """The words, and the picture where there is anything to see in it, for notebooks."""
        del include, exclude
        if self.equal:
            return {"text/plain": self.text(), "text/html": block(self.text())}
        picture = self.picture()
        return {"text/plain": picture.words, "text/html": f"{block(picture.words)}{picture.image()}"}


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def block(words: str) -> str:
    """Words that keep their columns."""
    return f'<pre style="{COLUMNS}">{escape(words.rstrip())}</pre>'


def shown(comparison: Comparison, old: Graph, new: Graph) -> ModelDiff:
    """The comparison as one that shows itself."""
    found = {field.name: getattr(comparison, field.name) for field in fields(Comparison)}
    return ModelDiff(**found, old_graph=old, new_graph=new)
