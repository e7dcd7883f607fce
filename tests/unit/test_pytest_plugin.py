"""The fixture `model_lock`, in a test suite of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import nn

from graphviz_torch import api
from graphviz_torch.report import text
from graphviz_torch.trace.options import TraceOptions

pytest_plugins = ["pytester"]

PLUGIN = "graphviz_torch.pytest_plugin"
SUITE = """\
import torch
from torch import nn

def build():
    return nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Dropout(0.1), nn.Linear(16, 4))

def test_architecture(model_lock):
    model_lock(build(), torch.zeros(2, 8), "locks/model.json")
"""


@pytest.fixture(autouse=True, scope="module")
def _everything_imported() -> None:
    """What a suite inside this process imports first is thrown out after it, and torch cannot be imported twice."""
    graph = api.trace(nn.Sequential(nn.Linear(8, 4)), (torch.zeros(2, 8),), None, TraceOptions(training=False, seed=0))
    text.render(api.diff(graph, graph))


def _run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    """Runs inside this process, so that torch is imported once."""
    return pytester.runpytest_inprocess("-p", PLUGIN, "-p", "no:cacheprovider", *arguments)


def test_a_lock_is_written_kept_and_broken(pytester: pytest.Pytester) -> None:
    file = pytester.makepyfile(SUITE)
    lock = pytester.path / "locks" / "model.json"

    missing = _run(pytester)
    missing.assert_outcomes(failed=1)
    missing.stdout.fnmatch_lines(["there is no file locks/model.json", "if this is meant: pytest --model-lock-update"])

    _run(pytester, "--model-lock-update").assert_outcomes(passed=1)
    written = lock.read_bytes()
    _run(pytester).assert_outcomes(passed=1)
    assert lock.read_bytes() == written

    file.write_text(SUITE.replace("nn.ReLU()", "nn.GELU()").replace("0.1", "0.5"))
    broken = _run(pytester)
    broken.assert_outcomes(failed=1)
    broken.stdout.fnmatch_lines(["locks/model.json → the model now", "*~ 1 *ReLU → GELU*", "*~ 2 *p=0.1 → 0.5*"])
    assert lock.read_bytes() == written

    _run(pytester, "--model-lock-update").assert_outcomes(passed=1)
    assert lock.read_bytes() != written


def test_a_broken_file_is_told_and_can_be_written_anew(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(SUITE)
    (pytester.path / "locks").mkdir()
    (pytester.path / "locks" / "model.json").write_text("{}")
    found = _run(pytester)
    found.assert_outcomes(failed=1)
    found.stdout.fnmatch_lines(["locks/model.json cannot be read: not a saved graph*"])
    _run(pytester, "--model-lock-update").assert_outcomes(passed=1)


def test_the_plugin_imports_no_torch() -> None:
    program = f"import sys, {PLUGIN}; print('torch' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )  # fmt: skip
    assert done.stdout == "False\n"
