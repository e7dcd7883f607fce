"""What each writer makes of a picture: SVG that keeps its links and tooltips, PDF for LaTeX, words for the rest."""

from __future__ import annotations

import posixpath
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.builders import Builder
from sphinx.util import logging

from graphviz_torch.errors import RenderError, TorchvizError
from graphviz_torch.sites import picture
from graphviz_torch.sites.picture import Links, Source
from graphviz_torch.sites.store import Store
from graphviz_torch.sphinx.links import found

logger = logging.getLogger(__name__)
DIGITS = 20
FIGURE = '<div class="{}" style="overflow-x:auto">{}</div>\n'
IMAGE = '<img class="{}" src="{}" style="max-width:100%" alt="{}"/>\n'


class torchviz(nodes.General, nodes.Element):  # noqa: N801 - as nodes of documents are named
    """A picture of a model, before it is known who writes it: `source` and `alt`."""


def html(self: Any, node: torchviz) -> None:
    """A part of the page, with its links and tooltips, or an image."""
    classes = " ".join(("torchviz", *node["classes"]))
    if node["source"].wish.format == "png":
        name = _written(node, self.builder, Path(self.builder.outdir, self.builder.imagedir), "png")
        if name:
            url = posixpath.join(self.builder.imgpath, name)
            self.body.append(IMAGE.format(classes, url, escape(node["alt"])))
        raise nodes.SkipNode
    links = found(node["source"].names(), self.builder, self.builder.current_docname)
    data = _drawn(node, self.builder, "svg", links)
    if data:
        self.body.append(FIGURE.format(classes, picture.in_page(data)))
    raise nodes.SkipNode


def latex(self: Any, node: torchviz) -> None:
    """A PDF, where the extra for it is installed; else a PNG."""
    folder = Path(self.builder.outdir)
    wanted = node["source"].wish.format
    name = _written(node, self.builder, folder, "png" if wanted == "png" else "pdf", quiet=True)
    name = name or _written(node, self.builder, folder, "png")
    if name:
        self.body.append(f"\n\\sphinxincludegraphics{{{{{name[:-4]}}}{name[-4:]}}}\n")
    raise nodes.SkipNode


def text(self: Any, node: torchviz) -> None:
    """The picture in words."""
    self.add_text(f"[{node['alt']}]")
    raise nodes.SkipNode


def words(self: Any, node: torchviz) -> None:
    """The same for manual pages and the like."""
    self.body.append(f"[{node['alt']}]")
    raise nodes.SkipNode


def _written(node: torchviz, builder: Builder, folder: Path, format: str, *, quiet: bool = False) -> str:
    """The name of the file of a picture, named for what is in it; empty where it cannot be drawn."""
    data = _drawn(node, builder, format, quiet=quiet)
    if not data:
        return ""
    name = f"torchviz-{sha256(data).hexdigest()[:DIGITS]}.{format}"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)
    return name


def _drawn(node: torchviz, builder: Builder, format: str, links: Links = (), *, quiet: bool = False) -> bytes:
    """The picture; empty where it cannot be drawn."""
    source: Source = node["source"]
    store = Store(source.graph.parent, float(builder.config.torchviz_timeout))
    try:
        return source.drawn(store, format, links)
    except TorchvizError as error:
        if not (quiet and isinstance(error, RenderError)):
            logger.warning("torchviz: %s", picture.told(error), location=node, type="torchviz", subtype="failed")
        return b""
