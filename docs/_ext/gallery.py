"""`{gallery}`: every picture of docs/gallery as a card, with the title and the command that its index gives it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata

from graphviz_torch.render.inline import inline

FOLDER = "gallery"
ENTRY = re.compile(r"^## (?P<title>.+)\n+```console\n(?:\$ )?(?P<command>.+)\n```\n(?P<rest>(?:(?!^## ).*\n)*)", re.M)
FILE = re.compile(r"[\w-]+\.svg")
CARD = """\
<figure class="card"><a href="_static/{file}" title="{title}, in full">{picture}</a>
<figcaption><strong>{title}</strong><code>{command}</code></figcaption></figure>
"""


@dataclass(frozen=True, slots=True)
class Card:
    """A picture with its title and the command that draws it."""

    file: str
    title: str
    command: str = ""


def setup(app: Sphinx) -> ExtensionMetadata:
    """Adds the directive."""
    app.add_directive("gallery", Gallery)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


class Gallery(SphinxDirective):
    """All cards."""

    def run(self) -> Sequence[nodes.Node]:
        """The cards as they stand in the index, then the pictures that it does not name."""
        folder = Path(self.env.srcdir, FOLDER)
        files = sorted(path.name for path in folder.glob("*.svg"))
        listed = tuple(cards((folder / "README.md").read_text(encoding="utf-8")))
        named = {card.file for card in listed}
        others = (Card(file, file.removesuffix(".svg").replace("_", " ")) for file in files if file not in named)
        for file in ("README.md", *files):
            self.env.note_dependency(str(folder / file))
        drawn = "".join(html(card, (folder / card.file).read_text(encoding="utf-8")) for card in (*listed, *others))
        return [nodes.raw("", f'<div class="cards">\n{drawn}</div>\n', format="html")]


def cards(index: str) -> Iterator[Card]:
    """What the index says of each picture."""
    for entry in ENTRY.finditer(index):
        file = FILE.search(entry["rest"])
        if file is not None:
            yield Card(file[0], entry["title"], entry["command"])


def html(card: Card, svg: str) -> str:
    """A card."""
    return CARD.format(file=card.file, title=escape(card.title), command=escape(card.command), picture=inline(svg))
