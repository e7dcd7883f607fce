"""Themes of a project, in every command that draws."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from graphviz_torch.render import stamp
from tests.cli.conftest import Done
from tests.cli.test_docs import MODEL, entry, project

Run = Callable[..., Done]

HOUSE = '[tool.torchviz-cli.themes.house]\ntext = "#000033"\n[tool.torchviz-cli.themes.house.dark]\ntext = "#eeeeff"\n'


@pytest.mark.parametrize(
    "words",
    [
        ("render", "model.py:build", "-i", "1x32", "-o", "made.svg"),
        ("diff", "model.py:build", "old.py:build", "-i", "1x32", "-o", "made.svg"),
        ("check", "model.py:build", "-i", "1x32", "-o", "made.svg"),
    ],
)
def test_each_command_takes_them(words: tuple[str, ...], tmp_path: Path, run: Run) -> None:
    project(tmp_path, HOUSE)
    (tmp_path / "old.py").write_text(MODEL.replace("torch.relu", "torch.tanh"), encoding="utf-8")
    done = run(*words, "--theme", "house")
    assert done.code in (0, 1), done.err
    assert "--ink:#000033" in (tmp_path / "made.svg").read_text(encoding="utf-8")
    assert "contrast" not in done.err


def test_what_is_wrong_is_said_before_anything_is_loaded(tmp_path: Path, run: Run) -> None:
    project(tmp_path, HOUSE)
    done = run("render", "model.py:build", "-i", "1x32", "--theme", "hose")
    assert (done.code, done.out) == (2, "")
    assert "error: there is no theme `hose`\n  themes: auto, light, dark, paper, colorblind, " in done.err
    assert "help: did you mean `house`?" in done.err
    assert not (tmp_path / "loaded.txt").exists()
    project(tmp_path, HOUSE.replace("text", "txet", 1))
    done = run("render", "model.py:build", "-i", "1x32", "--theme", "house")
    assert done.code == 2
    assert "error: [tool.torchviz-cli.themes.house]: there is no colour `txet`" in done.err


def test_pictures_of_a_project_take_them_and_are_stale_when_they_change(tmp_path: Path, run: Run) -> None:
    project(tmp_path, HOUSE + entry("one", theme="house") + entry("two", theme="house-pair", formats=["svg", "txt"]))
    done = run("docs", "-q")
    assert done.code == 0, done.err
    models = tmp_path / "docs/models"
    assert sorted(path.name for path in models.glob("*.*")) == ["one.svg", "two-dark.svg", "two-light.svg", "two.txt"]
    found = stamp.read((models / "one.svg").read_bytes(), "svg")
    assert found is not None
    assert found.stamp.options == {"colours": {"dark.text": "#eeeeff", "text": "#000033"}}
    assert "--ink:#eeeeff" in (models / "two-dark.svg").read_text(encoding="utf-8")
    assert run("docs", "--check").code == 0
    project(tmp_path, HOUSE.replace("#000033", "#000044") + entry("one", theme="house"))
    done = run("docs", "--check", "-q")
    assert done.code == 1
    assert "colours text #000033 dark.text #eeeeff → text #000044 dark.text #eeeeff" in done.out.replace(
        "dark.text #eeeeff text #000033", "text #000033 dark.text #eeeeff"
    )


def test_a_theme_that_is_hard_to_read_is_told_of(tmp_path: Path, run: Run) -> None:
    project(
        tmp_path, '[tool.torchviz-cli.themes.faint]\nbase = "light"\nquiet = "#999999"\n' + entry("one", theme="faint")
    )
    done = run("docs")
    assert done.code == 0
    assert "theme `faint`: `quiet` on `card` has a contrast of 2.8:1, less than 4.5:1\n" in done.err
