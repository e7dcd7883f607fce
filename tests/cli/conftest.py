"""Runs the command line inside this process, in a folder of its own."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from torchviz_cli.app import run as run_line


@dataclass(frozen=True)
class Done:
    """What a command returned, and what it said."""

    code: int
    out: str
    err: str


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Callable[..., Done]:
    """Runs a command in `tmp_path`; what it imported is forgotten afterwards."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))

    def command(*words: str) -> Done:
        before = set(sys.modules)
        capfd.readouterr()
        code: object = 0
        try:
            run_line(words)
        except SystemExit as end:
            code = end.code
        for name in set(sys.modules) - before:
            if getattr(sys.modules[name], "__file__", None) and str(tmp_path) in str(sys.modules[name].__file__):
                del sys.modules[name]
        told = capfd.readouterr()
        return Done(int(code or 0), told.out, told.err)  # type: ignore[call-overload]

    return command
