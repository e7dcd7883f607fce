"""What is said to people does not run into what is going on."""

from __future__ import annotations

import io
import sys

import pytest

from torchviz_cli.console import Console


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def _screen(written: str) -> list[str]:
    """The lines as they stand in the end."""
    lines = [""]
    for line in written.split("\n"):
        lines[-1] = (lines[-1] + line).rpartition("\r\033[K")[2]
        lines.append("")
    return lines[:-1]


def test_a_note_takes_the_place_of_the_stage_that_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    console = Console()
    console._show("loading ...")
    console.note("using `build` of model.py")
    assert _screen(terminal.getvalue()) == ["using `build` of model.py", "loading ..."]
    console._show("")
    console.note("done")
    assert _screen(terminal.getvalue()) == ["using `build` of model.py", "done", ""]
