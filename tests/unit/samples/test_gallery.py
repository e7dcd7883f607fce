"""The committed pictures are what the code draws now."""

from __future__ import annotations

import json
import re
from importlib.metadata import version
from pathlib import Path

import pytest

from graphviz_torch.report import text
from samples import make_gallery

VERSIONS = json.loads((make_gallery.GALLERY / "versions.json").read_text(encoding="utf-8"))
ENTRIES = {entry.name: entry for entry in make_gallery.ENTRIES}


@pytest.fixture(autouse=True)
def _in_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(make_gallery.ROOT)


def test_versions_name_what_the_pictures_depend_on() -> None:
    assert set(VERSIONS) == {"torch", "transformers"}


@pytest.mark.parametrize("name", sorted(ENTRIES))
def test_picture_is_fresh(name: str) -> None:
    for package, recorded in VERSIONS.items():
        if version(package).partition("+")[0] != recorded:
            pytest.skip(f"the pictures were made with {package} {recorded}")
    for path, data in make_gallery.files(ENTRIES[name]):
        assert path.read_bytes() == data, f"{path.name} is stale; run python samples/make_gallery.py"


def test_the_manual_shows_what_is_said_of_a_comparison() -> None:
    (entry,) = (entry for entry in make_gallery.ENTRIES if entry.before)
    manual = (make_gallery.ROOT / "README.md").read_text(encoding="utf-8")
    said = re.sub(r"samples/(?=\w+\.py:\d)", "", text.render(make_gallery.compared(entry)[2]))
    assert f"$ {entry.command}\n{said}```\n" in manual


def test_index_is_fresh() -> None:
    assert (make_gallery.GALLERY / "README.md").read_text(encoding="utf-8") == make_gallery.index()


def test_no_picture_is_an_orphan() -> None:
    known = {path for entry in make_gallery.ENTRIES for path in _paths(entry)}
    found = {*make_gallery.GALLERY.glob("*.svg"), *make_gallery.IMAGES.glob("*.png")}
    assert found == known


def _paths(entry: make_gallery.Entry) -> list[Path]:
    pictures = [make_gallery.GALLERY / f"{entry.name}.svg"]
    return [*pictures, make_gallery.IMAGES / f"{entry.name}.png"] if entry.image else pictures
