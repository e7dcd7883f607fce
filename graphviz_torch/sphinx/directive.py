"""The directive: runs the model of a page, or finds it run before, and leaves a node for the writers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from graphviz_torch.errors import TorchvizError
from graphviz_torch.sites import picture, wish
from graphviz_torch.sites.picture import Source
from graphviz_torch.sites.store import Made, Store
from graphviz_torch.sites.wish import Wish
from graphviz_torch.sphinx.writers import torchviz

logger = logging.getLogger(__name__)
FOLDER = "torchviz"
Option = Callable[[str | None], object]


def _as_written(text: str | None) -> str:
    return text or ""


class Torchviz(SphinxDirective):
    """Draws a model."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = False
    option_spec: ClassVar[dict[str, Option]] = {
        **dict.fromkeys(wish.OPTIONS, _as_written),
        "name": directives.unchanged,
        "class": directives.class_option,
    }

    def run(self) -> Sequence[nodes.Node]:
        """The picture, or a box that says why there is none."""
        given = {name: text for name, text in self.options.items() if name in wish.OPTIONS}
        try:
            wanted = wish.read(self.arguments[0], given)
            return [self._figure(wanted, self._source(wanted))]
        except TorchvizError as error:
            self.env.note_reread()
            return [self._box(picture.told(error))]

    def _source(self, wanted: Wish) -> Source:
        """What to draw.

        Raises:
            TorchvizError: there is nothing to draw.
        """
        folder, target = _place(self.env, wanted.target)
        wanted = replace(wanted, target=target, against=_against(self.env, wanted.against))
        made = store(self.env).graph(wanted, folder)
        self._note(made, wanted)
        if made.path is None:
            raise TorchvizError(made.problem)
        config = self.config
        return Source(wanted, folder, made.path, config.torchviz_theme, config.torchviz_source_url)

    def _note(self, made: Made, wanted: Wish) -> None:
        """Has the page read again when a file changes that the model was made from, and tells what it raised."""
        for file in made.files:
            self.env.note_dependency(file)
        if made.raised and not wanted.raises:
            self._warn(made.problem, "raised")

    def _figure(self, wanted: Wish, source: Source) -> nodes.Element:
        drawn = source.drawn(store(self.env), "svg")
        if source.project is not None:
            self.env.note_dependency(str(source.project))
        for line in source.weak:
            self._warn(line, "theme")
        if wanted.against:
            self.env.note_reread()  # what a revision stands for is in no file that could be watched
        node = torchviz("", source=source, alt=wanted.alt or picture.described(drawn))
        node["classes"] += self.options.get("class", [])
        self.set_source_info(node)
        figure = nodes.figure("", node)
        figure["align"] = wanted.align or "default"
        self.set_source_info(figure)
        if wanted.caption:
            inline, messages = self.parse_inline(wanted.caption)
            figure += nodes.caption(wanted.caption, "", *inline, *messages)
        self.add_name(figure)
        return figure

    def _box(self, problem: str) -> nodes.Element:
        """Tells of a problem, and shows it on the page."""
        self._warn(problem, "failed")
        box = nodes.error(
            "", nodes.paragraph("", f"torchviz: {self.arguments[0]}"), nodes.literal_block(problem, problem)
        )
        self.set_source_info(box)
        return box

    def _warn(self, problem: str, kind: str) -> None:
        message = f"torchviz: {self.arguments[0]}: {problem}"
        logger.warning("%s", message, location=self.get_location(), type="torchviz", subtype=kind)


def store(env: BuildEnvironment) -> Store:
    """Where what was made is kept, beside the pages that were read."""
    return Store(Path(env.doctreedir, FOLDER), float(env.config.torchviz_timeout))


def _place(env: BuildEnvironment, target: str) -> tuple[Path, str]:
    """Where a target counts from, as for other files: the folder of the page; from `/` on, that of all pages."""
    if target.startswith("/"):
        return Path(env.srcdir), target[1:]
    return Path(env.doc2path(env.docname)).parent, target


def _against(env: BuildEnvironment, against: str) -> str:
    """The older version, whose path may begin at the folder of all pages too."""
    return f"{env.srcdir}{against}" if against.startswith("/") else against
