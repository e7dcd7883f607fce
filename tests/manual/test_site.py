"""The site builds without a warning, and what it links to is there."""

from __future__ import annotations

import os
import re
import runpy
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest

for module in ("furo", "myst_parser", "sphinx_copybutton"):
    pytest.importorskip(module, reason="the documentation needs the group `docs`")

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
# In place of pictures, for which every model would have to run: their targets are looked for, and no more.
STUB = """\
from graphviz_torch.sphinx.directive import Torchviz, _place
from docutils import nodes


class Named(Torchviz):
    def run(self):
        folder, target = _place(self.env, self.arguments[0])
        file, _, name = target.partition(":")
        if name not in (folder / file).read_text(encoding="utf-8"):
            raise self.error(f"{target} is nowhere")
        return [nodes.paragraph("", target)]


def setup(app):
    app.add_directive("torchviz", Named)
"""


def build(builder: str, folder: Path, *options: str) -> Path:
    """The folder of a site that was built without a warning."""
    pages = folder / builder
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-N", "-b", builder, "-d", str(folder / "read"),
         *options, str(DOCS), str(pages)],
        capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), *sys.path])},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return pages


def test_pages_hold_together(tmp_path: Path) -> None:
    (tmp_path / "stub.py").write_text(STUB, encoding="utf-8")
    extensions = [name for name in runpy.run_path(str(DOCS / "conf.py"))["extensions"] if "graphviz" not in name]
    build("dummy", tmp_path, "-D", f"extensions={','.join(['stub', *extensions])}")


class Page(HTMLParser):
    """What a page links to, what can be linked to in it, and how many pictures it has."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.names: set[str] = set()
        self.pictures = 0
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.names.add(found.get("id") or "")
        self.links.add(found.get("href") or found.get("src") or "")
        self.pictures += (found.get("class") or "").startswith("tv-")


@pytest.mark.slow
def test_the_site_builds_and_its_links_hold(tmp_path: Path) -> None:
    folder = build("html", tmp_path, "-j", "2")
    pages = {path: Page(path) for path in folder.rglob("*.html")}
    dead = [
        f"{path.relative_to(folder)}: {link}"
        for path, page in pages.items()
        for link in page.links
        if not _lives(link, path, pages)
    ]
    assert not dead
    wanted = sum(len(re.findall(r"^```\{torchviz\}", path.read_text("utf-8"), re.M)) for path in DOCS.rglob("*.md"))
    gallery = len([*(DOCS / "gallery").glob("*.svg")])
    assert sum(page.pictures for page in pages.values()) == wanted + gallery
    assert wanted > 20


def _lives(link: str, path: Path, pages: dict[Path, Page]) -> bool:
    """Whether there is what a link leads to; of other sites nothing is asked."""
    if re.match(r"[a-z]+:", link) or link in ("", "#"):
        return True
    file, name = urldefrag(link)
    place = (path.parent / unquote(file.partition("?")[0])).resolve() if file else path
    return place.exists() and (not name or place not in pages or unquote(name) in pages[place].names)
