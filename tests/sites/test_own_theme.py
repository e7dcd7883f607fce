"""The colours of a project in pages of Sphinx and MkDocs, and in notebooks; and pictures in a document of LaTeX."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

import graphviz_torch
from graphviz_torch import api
from graphviz_torch.errors import TorchvizError
from tests.sites.test_mkdocs import built
from tests.sites.test_sphinx import build, pictures
from tests.support import graphs

HOUSE = '[tool.torchviz-cli.themes.house]\ntext = "#000033"\n'
PAGE = """\
Site
====

.. torchviz:: net.json

.. torchviz:: net.json
   :theme: light

.. torchviz:: net.json
   :diff-against: /old.json
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    (tmp_path / "pyproject.toml").write_text(HOUSE, encoding="utf-8")
    (folder / "conf.py").write_text(
        'extensions = ["graphviz_torch.sphinx"]\ntorchviz_theme = "house"\nlatex_elements = {"fontpkg": ""}\n'
    )
    (folder / "index.rst").write_text(PAGE, encoding="utf-8")
    graph = graphs.mlp()
    api.save(graph, folder / "net.json")
    api.save(replace(graph, name="Old", nodes=tuple(node for node in graph.nodes if node.kind != "output"),
                     outputs=()), folder / "old.json")  # fmt: skip
    return folder


def test_sphinx_draws_in_the_colours_of_the_project(source: Path) -> None:
    site = build(source)
    assert "WARNING" not in site.said
    own, light, compared = pictures(site, "index.html")
    assert "--ink:#000033" in own
    assert "--ink:#000033" in compared
    assert "--ink:#000033" not in light
    assert str(source) not in site.read("index.html")
    assert 'class="added' in compared or " added" in compared


def test_mkdocs_too(tmp_path: Path) -> None:
    api.save(graphs.mlp(), tmp_path / "net.json")
    (tmp_path / "pyproject.toml").write_text(HOUSE, encoding="utf-8")
    code, said, page = built(tmp_path, "# Site\n\n```torchviz\nnet.json\ntheme: house\n```\n")
    assert code == 0, said
    assert "--ink:#000033" in page


def test_notebooks_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pyproject.toml").write_text(HOUSE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    api.save(graphs.mlp(), tmp_path / "net.json")
    graph = graphviz_torch.load(tmp_path / "net.json")
    assert "--ink:#000033" in graph.svg(theme="house")
    with pytest.raises(TorchvizError, match="there is no theme `hose`"):
        graph.svg(theme="hose")


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("latexmk") is None, reason="needs LaTeX")
def test_a_document_of_latex_is_typeset(source: Path) -> None:
    latex = build(source, "latex")
    done = subprocess.run(
        ["latexmk", "-pdf", "-interaction=nonstopmode", "-halt-on-error", next(latex.pages.glob("*.tex")).name],
        cwd=latex.pages, capture_output=True, text=True, errors="replace", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:]
    (document,) = [path for path in latex.pages.glob("*.pdf") if not path.name.startswith("torchviz-")]
    assert document.read_bytes().startswith(b"%PDF")
    log = document.with_suffix(".log").read_text(encoding="utf-8", errors="replace")
    assert log.count("<torchviz-") >= 3
