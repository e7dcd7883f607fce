"""The notebooks of the samples show what they showed when they were kept; exported, they need nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytest.importorskip("nbclient")
pytest.importorskip("nbconvert")

from nbconvert import HTMLExporter
from nbformat import NotebookNode

from samples import run_notebooks

NOTEBOOKS = run_notebooks.notebooks()
FAST = "wrong_shape"


def test_there_is_a_first_look_a_check_and_a_comparison() -> None:
    assert [path.stem for path in NOTEBOOKS] == ["first_look", "two_versions", "wrong_shape"]


def words(notebook: NotebookNode) -> list[tuple[list[str], str]]:
    """Of each output the kinds, and the words but for the rules that there are by now."""
    bundles = [output["data"] for cell in notebook.cells for output in cell.get("outputs", []) if "data" in output]
    return [(sorted(bundle), re.sub("looked for .*", "", bundle["text/plain"])) for bundle in bundles]


def test_a_notebook_runs_and_says_what_it_said() -> None:
    kept = run_notebooks.read(run_notebooks.FOLDER / f"{FAST}.ipynb")
    assert words(run_notebooks.executed(kept)) == words(kept)


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_shows_what_it_showed(path: Path) -> None:
    now = run_notebooks.text(run_notebooks.executed(run_notebooks.read(path)))
    assert now == path.read_text(encoding="utf-8"), f"{path.name} is stale; run python samples/run_notebooks.py"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_small_and_its_pictures_share_no_name(path: Path) -> None:
    kept = run_notebooks.read(path)
    bundles = [output.get("data", {}) for cell in kept.cells for output in cell.get("outputs", [])]
    pictures = [bundle["image/svg+xml"] for bundle in bundles if "image/svg+xml" in bundle]
    names = [name for picture in pictures for name in re.findall(r' id="([^"]+)"', picture)]
    assert len(names) == len(set(names))
    assert path.stat().st_size < 100_000
    assert "/tmp/" not in path.read_text(encoding="utf-8")


def test_an_exported_notebook_has_every_picture_in_it() -> None:
    page, _ = HTMLExporter().from_filename(str(run_notebooks.FOLDER / f"{FAST}.ipynb"))
    assert len(re.findall(r'<img[^>]* src="data:image/svg\+xml', page)) == 2
