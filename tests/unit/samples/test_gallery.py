"""The committed pictures are what `docs` makes of the samples now."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from graphviz_torch import api
from graphviz_torch.diff.options import DiffOptions
from graphviz_torch.report import text
from torchviz_cli.console import Console
from torchviz_cli.documents import entries, project
from torchviz_cli.documents.leftover import left_over
from torchviz_cli.graphs import Request, obtain

ROOT = Path(__file__).parents[3]
GALLERY = ROOT / "docs" / "gallery"
# What the pictures depend on besides this project: other versions may run other operations.
VERSIONS = json.loads((GALLERY / "versions.json").read_text(encoding="utf-8"))
# Those are in the tutorial.
TUTORIAL = {"never_learns", "slow_loop", "wrong_device"}
SAMPLES = {path.stem for path in (ROOT / "samples").glob("*.py")} - {"run_notebooks", "classifier_before"} - TUTORIAL


@pytest.fixture(autouse=True)
def _in_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def test_pictures_and_the_page_are_fresh() -> None:
    assert set(VERSIONS) == {"torch", "transformers"}
    for package, recorded in VERSIONS.items():
        if version(package).partition("+")[0] != recorded:
            pytest.skip(f"the pictures were made with {package} {recorded}")
    done = subprocess.run(
        [sys.executable, "-m", "torchviz_cli", "docs", "--check=bytes", "-q"],
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_sample_is_drawn_and_shown_and_nothing_else() -> None:
    listed = entries.read(project.find(ROOT))
    assert {Path(entry.source).stem for entry in listed} == SAMPLES
    page = (GALLERY / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"<!-- torchviz:(\S+) -->", page) == [entry.name for entry in listed]
    assert list(left_over(listed)) == []


def test_the_manual_shows_what_is_said_of_a_comparison() -> None:
    (entry,) = (entry for entry in entries.read(project.find(ROOT)) if entry.against)
    old, new = entry.against, entry.request.target
    graphs = [obtain(Request(target), Console(quiet=True)).graph for target in (old, new)]
    told = text.render(api.diff(*graphs, DiffOptions(old=old, new=new)))
    said = re.sub(r"samples/(?=\w+\.py:\d)", "", told)
    manual = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"$ torchviz-cli diff {old} {new} -o diff.svg\n{said}```\n" in manual
