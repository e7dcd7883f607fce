"""The MkDocs plugin: a fenced block `torchviz` draws a model.

plugins:
  - torchviz:
      theme: auto       # or another one, also of pyproject.toml
      source_url: ""    # as in https://host/{file}#L{line}
      timeout: 300      # seconds for each model; 0 for no limit
      cache: .cache/torchviz
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any

from mkdocs.config import config_options
from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import BasePlugin, get_plugin_logger
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page

from graphviz_torch.errors import TorchvizError
from graphviz_torch.sites import fences, picture, wish
from graphviz_torch.sites.picture import Source
from graphviz_torch.sites.store import Store
from graphviz_torch.sites.wish import Wish

log = get_plugin_logger(__name__)
FENCE = "torchviz"
DIGITS = 16


class Settings(Config):
    """The options of the plugin."""

    theme = config_options.Type(str, default="auto")
    source_url = config_options.Type(str, default="")
    timeout = config_options.Type((int, float), default=300)
    cache = config_options.Type(str, default=".cache/torchviz")


class Torchviz(BasePlugin[Settings]):
    """Draws the models that pages ask for; their targets count from the folder of mkdocs.yml."""

    def __init__(self) -> None:
        self._shown: dict[str, str] = {}
        self._files: set[str] = set()

    def on_config(self, config: MkDocsConfig) -> None:
        """Finds where the targets and the kept graphs are."""
        self._folder = Path(config.config_file_path).resolve().parent
        self._store = Store(self._folder / self.config.cache, float(self.config.timeout))

    def on_page_markdown(self, markdown: str, /, *, page: Page, config: MkDocsConfig, files: Files) -> str:
        """Leaves a word in place of each block, which the picture takes the place of when the page is HTML."""
        above = (page.file.content_string if page.file.src_uri else markdown).count("\n") - markdown.count("\n")

        def word(block: str, line: int) -> str:
            found = f"torchviz-{sha256(f'{page.file.src_uri}:{line}:{block}'.encode()).hexdigest()[:DIGITS]}"
            self._shown[found] = self._html(block, f"{page.file.src_uri}:{line + max(above, 0)}")
            return found

        return fences.replaced(markdown, FENCE, word)

    def on_page_content(self, html: str, /, *, page: Page, config: MkDocsConfig, files: Files) -> str:
        """Puts the pictures into the page."""
        for word, shown in self._shown.items():
            html = html.replace(f"<p>{word}</p>", shown).replace(word, shown)
        self._shown.clear()
        return html

    def on_serve(self, server: LiveReloadServer, /, *, config: MkDocsConfig, builder: Any) -> None:
        """Has the site built again when a file changes that a model was made from."""
        for file in sorted(self._files):
            server.watch(file)

    def _html(self, block: str, place: str) -> str:
        """The picture of a block, or a box that says why there is none."""
        target, _, rest = block.strip().partition("\n")
        try:
            wanted = wish.read(target, dict(map(_option, filter(str.strip, rest.splitlines()))))
            return _figure(wanted, self._drawn(wanted, place))
        except TorchvizError as error:
            problem = picture.told(error)
        self._warn(place, target, problem)
        return (
            f'<div class="admonition failure"><p class="admonition-title">torchviz: {escape(target)}</p>'
            f"<pre>{escape(problem)}</pre></div>"
        )

    def _drawn(self, wanted: Wish, place: str) -> bytes:
        made = self._store.graph(wanted, self._folder)
        self._files.update(made.files)
        if made.path is None:
            raise TorchvizError(made.problem)
        if made.raised and not wanted.raises:
            self._warn(place, wanted.target, made.problem)
        source = Source(wanted, self._folder, made.path, self.config.theme, self.config.source_url)
        if source.project is not None:
            self._files.add(str(source.project))
        for line in source.weak:
            self._warn(place, wanted.target, line)
        return source.drawn(self._store, wanted.format or "svg")

    def _warn(self, place: str, target: str, problem: str) -> None:
        log.warning("%s: %s: %s", place, target, problem)


def _option(line: str) -> tuple[str, str]:
    name, _, text = line.partition(":")
    return name.strip(), text.strip()


def _figure(wanted: Wish, data: bytes) -> str:
    if wanted.format == "png":
        url = f"data:image/png;base64,{b64encode(data).decode('ascii')}"
        shown = f'<img src="{url}" style="max-width:100%" alt="{escape(wanted.alt or wanted.target)}">'
    else:
        shown = picture.in_page(data)
    caption = f"<figcaption>{escape(wanted.caption)}</figcaption>" if wanted.caption else ""
    style = f"overflow-x:auto;text-align:{wanted.align or 'center'}"
    return f'<figure class="torchviz" style="{style}">{shown}{caption}</figure>'
