"""Single lines of files are those that `linecache` finds."""

from __future__ import annotations

import linecache
from pathlib import Path

import pytest

from graphviz_torch.trace.lines import BLOCK, Lines

LONG = "".join(f"line {number} {'é' * (number % 90)}\n" for number in range(200))


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(LONG.encode(), id="several blocks"),
        pytest.param(LONG.encode() + b"without an end", id="no end"),
        pytest.param(b"\n" * (2 * BLOCK), id="empty lines"),
        pytest.param(LONG.replace("\n", "\r\n").encode(), id="carriage returns"),
        pytest.param(b"# coding: latin-1\nx = '\xe9'\n", id="another encoding"),
        pytest.param(b"\xef\xbb\xbfx = 1\ny = 2\n", id="byte order mark"),
        pytest.param(b"", id="empty"),
    ],
)
def test_lines_are_those_of_linecache(data: bytes, tmp_path: Path) -> None:
    file = tmp_path / "source.py"
    file.write_bytes(data)
    numbers = range(1, data.count(b"\n") + 4)
    lines = Lines()
    found = [lines.line(str(file), number).strip() for number in reversed(numbers)]
    assert found[::-1] == [linecache.getline(str(file), number).strip() for number in numbers]


def test_a_cell_that_is_no_file() -> None:
    linecache.cache["<cell>"] = (5, None, ["x=1\n"], "<cell>")
    try:
        assert Lines().line("<cell>", 1).strip() == "x=1"
    finally:
        del linecache.cache["<cell>"]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert Lines().line(str(tmp_path / "none.py"), 1) == ""
