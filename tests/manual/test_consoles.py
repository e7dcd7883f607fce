"""What pages say that a command prints is what it prints."""

from __future__ import annotations

import contextlib
import difflib
import io
import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from torchviz_cli.app import run

ROOT = Path(__file__).resolve().parents[2]
UPDATE = "run pytest --update-golden tests/manual -m 'slow or not slow'"

BLOCK = re.compile(r"(?<=^```console\n)\$ torchviz-cli .*?(?=^```$)", re.MULTILINE | re.DOTALL)
# What tells a reader of the manual nothing; the first line grows with each code that is added.
LEFT_OUT = re.compile(r"^(looked for .*|note: one input .*|wrote .*)\n", re.MULTILINE)


def blocks(page: str) -> list[str]:
    """The blocks with commands that run the samples."""
    return [block for block in BLOCK.findall(page) if all(" samples/" in line for line in commands(block))]


def commands(block: str) -> list[str]:
    return [line for line in block.splitlines() if line.startswith("$ ")]


def _pages() -> Iterator[Path]:
    """The pages with such commands."""
    for page in sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md"), *(ROOT / "docs").glob("[ht]*/*.md")]):
        if blocks(page.read_text(encoding="utf-8")):
            yield page


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


PAGES = tuple(_pages())


@pytest.fixture
def _samples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A folder with the samples, so that what is written is written there; what was imported is forgotten."""
    shutil.copytree(ROOT / "samples", tmp_path / "samples", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setenv("COLUMNS", "100")
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        if str(tmp_path) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


def said(command: str) -> str:
    """What a command writes, to stdout and to stderr."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    with contextlib.redirect_stdout(stream), contextlib.redirect_stderr(stream), contextlib.suppress(SystemExit):
        run(shlex.split(command.removeprefix("$ torchviz-cli ")))
    assert isinstance(stream.buffer, io.BytesIO)
    return LEFT_OUT.sub("", stream.buffer.getvalue().decode())


def stale(page: Path, request: pytest.FixtureRequest, *, comparisons: bool) -> str:
    """What is to be said where a page is not as it should be; under --update-golden it is put right."""
    before = now = page.read_text(encoding="utf-8")
    for block in blocks(before):
        if block.startswith("$ torchviz-cli diff ") == comparisons:
            now = now.replace(block, "".join(f"{line}\n{said(line)}" for line in commands(block)))
    if request.config.getoption("--update-golden"):
        page.write_text(now, encoding="utf-8")
        return ""
    return "".join(difflib.unified_diff(before.splitlines(True), now.splitlines(True), page.name, "what is printed"))


def tell(difference: str) -> None:
    if difference:
        pytest.fail(f"{difference}\n{UPDATE}", pytrace=False)


@pytest.mark.usefixtures("_samples")
@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_commands_print_what_the_page_says(page: Path, request: pytest.FixtureRequest) -> None:
    tell(stale(page, request, comparisons=False))


@pytest.mark.slow
@pytest.mark.usefixtures("_samples")
@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_comparisons_print_what_the_page_says(page: Path, request: pytest.FixtureRequest) -> None:
    """Each side of a comparison runs in a process of its own."""
    tell(stale(page, request, comparisons=True))


def test_the_manual_has_many_such_commands() -> None:
    """Else the tests above would pass on nothing."""
    assert sum(len(blocks(page.read_text(encoding="utf-8"))) for page in PAGES) > 20
