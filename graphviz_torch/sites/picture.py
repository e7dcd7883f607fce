"""From what was made for a page to the bytes of a picture; no torch is loaded for it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from html import unescape
from pathlib import Path

from graphviz_torch import api
from graphviz_torch.errors import RenderError, TorchvizError
from graphviz_torch.ir.graph import Graph
from graphviz_torch.render import own_themes
from graphviz_torch.render.inline import inline
from graphviz_torch.render.options import THEMES, RenderOptions
from graphviz_torch.sites.store import Made, Store
from graphviz_torch.sites.wish import Wish

# How far a picture shrinks where a page has less room for it; its smallest letters can be read then.
SMALLEST = 0.75
WIDTH = re.compile(r'(?<=<svg )(?=[^>]*? width="([\d.]+)")')
DESCRIPTION = re.compile(rb"<desc[^>]*>([^<]*)</desc>")
Links = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Source:
    """A picture that can be drawn in any format.

    Attributes:
        folder: where the target counts from.
        graph: the file of the graph.
        theme, source_url: of the whole site; a wish may have a theme of its own.
    """

    wish: Wish
    folder: Path
    graph: Path
    theme: str = "auto"
    source_url: str = ""

    def names(self) -> tuple[str, ...]:
        """The full names of all classes of modules and operations; none for a comparison, which links to nothing."""
        return () if self.wish.against else names(api.load(self.graph))

    def drawn(self, store: Store, format: str, links: Links = ()) -> bytes:
        """The picture.

        Raises:
            TorchvizError: it cannot be drawn like this.
        """
        if not self.wish.against:
            return api.render(api.load(self.graph), format, self.wish.view, self._look(links))
        made = self.compared(store, format)
        if made.path is None:
            first, *more = made.problem.splitlines()
            raise RenderError(first, details=tuple(line.strip() for line in more))
        return made.path.read_bytes()

    def compared(self, store: Store, format: str) -> Made:
        """The picture of a comparison, and what was said of it."""
        theme = self.wish.theme or self.theme
        return store.comparison(self.wish, self.folder, self.graph, format, theme, self.themed(theme).colours)

    def themed(self, theme: str) -> RenderOptions:
        """A look with the colours of a theme, which may be one of the project.

        Raises:
            TorchvizError: there is no such theme, or the themes of the project are not as they should be.
        """
        look = RenderOptions(theme)
        return look if theme in THEMES else own_themes.resolved(look, own_themes.find(self.folder))

    @property
    def weak(self) -> tuple[str, ...]:
        """What is hard to read in a theme of the project, a sentence each."""
        theme = self.wish.theme or self.theme
        return own_themes.weak(theme, self.themed(theme))

    @property
    def project(self) -> Path | None:
        """The file that the theme comes from, where it is one of the project."""
        return None if (self.wish.theme or self.theme) in THEMES else own_themes.file(self.folder)

    def _look(self, links: Links) -> RenderOptions:
        wish = self.wish
        return replace(
            self.themed(wish.theme or self.theme), color_by=wish.color_by, direction=wish.direction,
            source_url=self.source_url, title=wish.caption, description=wish.alt, links=links,
        )  # fmt: skip


def names(graph: Graph) -> tuple[str, ...]:
    """The full names of the classes of a graph's modules and of its operations."""
    found = [*(module.type for module in graph.modules), *(node.op for node in graph.nodes)]
    return tuple(sorted({name for name in found if name}))


def shorter(name: str) -> tuple[str, ...]:
    """The names that something may be documented under: `torch.nn.modules.linear.Linear`, ..., `torch.nn.Linear`."""
    package, _, last = name.rpartition(".")
    parts = package.split(".")
    return tuple(".".join((*parts[:count], last)) for count in range(len(parts), 0, -1))


def in_page(svg: bytes) -> str:
    """The picture as a part of a page; what holds it scrolls where there is too little room."""

    def bounded(match: re.Match[str]) -> str:
        return f'style="min-width:{float(match[1]) * SMALLEST:.0f}px" '

    return WIDTH.sub(bounded, inline(svg.decode("utf-8")), count=1)


def described(svg: bytes) -> str:
    """What a picture says of itself in words."""
    found = DESCRIPTION.search(svg)
    return unescape(found[1].decode()) if found else ""


def told(error: TorchvizError) -> str:
    """An error as text: one line, and what belongs to it below."""
    return "\n  ".join((error.message, *error.details, *([f"help: {error.hint}"] if error.hint else [])))
