"""What only a process of its own can show: imports, signals, full disks."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.interrupts import hearing

SLOW_MODEL = """\
import time
from torch import nn

class Slow(nn.Linear):
    def forward(self, x):
        x = super().forward(x)
        print("running", flush=True)
        time.sleep(60)
        return x

def build():
    return Slow(4, 4)
"""
MODEL = "from torch import nn\n\ndef build():\n    return nn.Linear(4, 4)\n"
HEAVY = frozenset(("torch", "numpy", "pydantic", "importlib.metadata"))
PROBE = (
    "import sys\nfrom torchviz_cli.app import run\n"
    "try:\n    run(sys.argv[1:])\n"
    "finally:\n    print(*sys.modules, file=sys.stderr)\n"
)


def _start(folder: Path, *words: str, **options: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *words], cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}, **options,
    )  # type: ignore[call-overload,no-any-return]  # fmt: skip


def _loaded_by(folder: Path, *words: str) -> set[str]:
    process = _start(folder, "-c", PROBE, *words)
    return set(process.communicate()[1].splitlines()[-1].split())


def test_nothing_heavy_is_loaded_to_draw_a_saved_graph(tmp_path: Path) -> None:
    """Not torch, nor what typer converts with, nor what looks for the plug-ins of other distributions."""
    (tmp_path / "model.py").write_text(MODEL, encoding="utf-8")
    # The first line shows that the probe can tell.
    assert "torch" in _loaded_by(tmp_path, "render", "model.py:build", "-i", "1x4", "-o", "saved.json")
    of_graph = (["render", "saved.json"], ["show", "saved.json"], ["check", "saved.json"])
    for words in (["--help"], ["--version"], ["explain", "S001"], *of_graph):
        loaded = _loaded_by(tmp_path, *words)
        assert "typer" in loaded, words
        assert loaded.isdisjoint(HEAVY), words
    assert (tmp_path / "saved.svg").exists()


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_an_interrupt_while_the_model_runs_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "model.py").write_text(SLOW_MODEL, encoding="utf-8")
    words = ("-m", "torchviz_cli", "render", "model.py:build", "-i", "1x4", "-o", "a.svg")
    process = _start(tmp_path, *words, preexec_fn=hearing)
    assert process.stderr is not None
    assert any("running" in line for line in process.stderr)
    process.send_signal(signal.SIGINT)
    said = process.stderr.read()
    assert process.wait(300) == 130
    assert "Traceback" not in said
    assert [path.name for path in tmp_path.iterdir()] == ["model.py"]
    process.communicate()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a full device")
def test_a_full_disk_is_told(tmp_path: Path) -> None:
    (tmp_path / "model.py").write_text(MODEL, encoding="utf-8")
    program = (
        "import resource, signal, sys\nfrom torchviz_cli.app import run\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\nresource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024))\n"
        "run(sys.argv[1:])\n"
    )
    process = _start(tmp_path, "-c", program, "render", "model.py:build", "-i", "1x4", "-o", "a.svg")
    said = process.communicate()[1]
    assert process.returncode == 2, said
    assert "cannot write" in said
    assert "Traceback" not in said
    assert [path.name for path in tmp_path.iterdir()] == ["model.py"]
