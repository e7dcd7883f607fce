"""Small sites, built by Sphinx itself."""

from __future__ import annotations

import re
import subprocess
import sys
import zlib
from dataclasses import dataclass
from pathlib import Path

import pytest

from graphviz_torch import api
from tests.support import graphs

CONF = """\
project = "Site"
html_theme = "basic"
extensions = ["graphviz_torch.sphinx", "sphinx.ext.intersphinx"]
intersphinx_mapping = {"torch": ("https://torch.example/", "objects.inv")}
"""
INDEX = """\
Site
====

.. toctree::

   guide/api

.. torchviz:: net.json
   :caption: The *net*.
   :align: right
   :class: wide
   :name: the-net

See :ref:`the-net`.

.. torchviz:: /net.json
   :format: png
   :alt: A "net"

.. torchviz:: nte.json

.. torchviz:: net.json
   :focus: nowhere

.. torchviz:: net.json
   :depth: deep
"""
API = """\
API
===

.. py:class:: model.MLP

.. torchviz:: ../net.json
"""


@dataclass(frozen=True)
class Site:
    """A site that was built: what was said, and the folder with the pages."""

    said: str
    pages: Path

    def read(self, name: str) -> str:
        return (self.pages / name).read_text(encoding="utf-8")


def build(source: Path, builder: str = "html", *options: str) -> Site:
    pages = source.parent / builder
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-q", "-N", "-b", builder, "-d", str(source.parent / "read"), *options,
         str(source), str(pages)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return Site(done.stderr.replace(f"{source}/", ""), pages)


def inventory(file: Path, *names: str) -> None:
    """What intersphinx knows of another project."""
    rows = "".join(f"{name} py:class 1 generated/{name}.html#$ -\n" for name in names)
    head = b"# Sphinx inventory version 2\n# Project: torch\n# Version: 2\n# The remainder is compressed using zlib.\n"
    file.write_bytes(head + zlib.compress(rows.encode()))


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site") / "source"
    (folder / "guide").mkdir(parents=True)
    (folder / "conf.py").write_text(CONF, encoding="utf-8")
    (folder / "index.rst").write_text(INDEX, encoding="utf-8")
    (folder / "guide/api.rst").write_text(API, encoding="utf-8")
    api.save(graphs.mlp(), folder / "net.json")
    inventory(folder / "objects.inv", "torch.nn.Linear")
    return folder


@pytest.fixture(scope="module")
def site(source: Path) -> Site:
    return build(source)


def test_a_picture_is_a_part_of_the_page(site: Site) -> None:
    page = site.read("index.html")
    found = re.search(
        r'<figure class="align-right" id="the-net">\s*<div class="torchviz wide" style="overflow-x:auto">'
        r'<svg style="min-width:(\d+)px" class="(tv-\w+)"[^>]* width="([\d.]+)"',
        page,
    )
    assert found, page
    least, scope, width = found.groups()
    assert int(least) == round(0.75 * float(width))
    assert f'id="{scope}-fc1#0"' in page
    assert f".{scope} text{{" in page
    assert '<span class="caption-text">The <em>net</em>.</span>' in page
    assert '<a class="reference internal" href="#the-net">' in page
    assert re.search(r'<img class="torchviz" src="_images/torchviz-\w+\.png"[^>]* alt="A &quot;net&quot;"/>', page)


def test_nodes_link_to_where_their_class_is_documented(site: Site) -> None:
    torch = '<a href="https://torch.example/generated/torch.nn.Linear.html#torch.nn.Linear" target="_top"><g id="tv-'
    page, deeper = site.read("index.html"), site.read("guide/api.html")
    assert '<a href="guide/api.html#model.MLP" target="_top"><g id="tv-' in page
    assert '<a href="#model.MLP"><g id="tv-' in deeper
    assert re.search(r"\.tv-\w+ a\{text-decoration:none!important\}", page)
    assert page.count(torch) == deeper.count(torch) == 2


def test_problems_are_warnings_with_their_line_and_shown_on_the_page(site: Site) -> None:
    assert [line for line in site.said.splitlines() if "WARNING" in line] == [
        "index.rst:20: WARNING: torchviz: nte.json: there is no file `nte.json`",
        "index.rst:22: WARNING: torchviz: net.json: MLP has no module named `nowhere`",
        "index.rst:25: WARNING: torchviz: net.json: `depth: deep` is not right:"
        " a depth is auto, all or a number of levels [torchviz.failed]",
    ]
    assert site.read("index.html").count("admonition error") == 3


def test_pdf_for_latex_and_words_for_text(source: Path, site: Site) -> None:
    latex = build(source, "latex")
    found = re.search(r"\\sphinxincludegraphics\{\{(torchviz-\w+)\}\.pdf\}", latex.read("site.tex"))
    assert found
    assert (latex.pages / f"{found[1]}.pdf").read_bytes().startswith(b"%PDF")
    assert "[Data flow of " in build(source, "text").read("index.txt")


MODEL = """\
import torch
from torch import nn

from pkg.sizes import HIDDEN


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(8, HIDDEN)

    def forward(self, x):
        return torch.relu(self.first(x))
"""


@pytest.mark.slow
def test_pages_follow_their_models(tmp_path: Path) -> None:
    package, source = tmp_path / "pkg", tmp_path / "source"
    package.mkdir()
    source.mkdir()
    (package / "net.py").write_text(MODEL, encoding="utf-8")
    (package / "sizes.py").write_text("HIDDEN = 16\n", encoding="utf-8")
    (source / "conf.py").write_text(
        f'import sys\nsys.path.insert(0, {str(tmp_path)!r})\nextensions = ["graphviz_torch.sphinx"]\n'
    )
    (source / "index.rst").write_text(
        "Site\n====\n\n.. toctree::\n\n   broken\n\n.. torchviz:: pkg.net:Net\n   :input: 1x8\n\n"
        ".. torchviz:: pkg.net:Net\n   :input: 1x8\n   :diff-against: old.json\n"
    )
    broken = "Broken\n======\n\n.. torchviz:: pkg.net:Net\n   :input: 1x7\n"
    (source / "broken.rst").write_text(f"{broken}\n{broken[15:]}   :raises:\n")
    api.save(graphs.mlp(), source / "old.json")

    first = build(source, "html", "-j", "2")
    assert [line for line in first.said.splitlines() if "WARNING" in line] == [
        "broken.rst:4: WARNING: torchviz: pkg.net:Net: the model raised RuntimeError: mat1 and mat2 shapes cannot be"
        " multiplied (1x7 and 8x16)"
    ]
    assert "first (Linear 8 → 16) needs 1×8, got 1×7" in pictures(first, "broken.html")[0]
    plain, compared = pictures(first, "index.html")
    assert "8 → 16" in plain
    assert "MLP → Net" in compared

    before = sorted((tmp_path / "read/torchviz").iterdir())
    assert build(source, "html", "-E").said == first.said
    assert sorted((tmp_path / "read/torchviz").iterdir()) == before

    (package / "sizes.py").write_text("HIDDEN = 24\n", encoding="utf-8")
    assert "8 → 24" in pictures(build(source), "index.html")[0]


def pictures(site: Site, page: str) -> list[str]:
    """The SVGs of a page, in their order."""
    return re.findall(r"<svg.*?</svg>", site.read(page), re.DOTALL)
