"""The fixture `model_lock`, in a test suite of its own."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import torch
from torch import nn

from graphviz_torch import api
from graphviz_torch.report import text
from graphviz_torch.trace.options import TraceOptions

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parents[2]
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
    api.check(nn.Sequential(nn.Linear(8, 4)), (torch.zeros(2, 8),)).text()


def _run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    """Runs inside this process, so that torch is imported once."""
    return pytester.runpytest_inprocess("-p", PLUGIN, "-p", "no:cacheprovider", *arguments)


def test_a_lock_is_written_kept_and_broken(pytester: pytest.Pytester) -> None:
    file = pytester.makepyfile(SUITE)
    lock = pytester.path / "locks" / "model.json"

    missing = _run(pytester)
    missing.assert_outcomes(failed=1)
    command = f"pytest --model-lock-update {file.name}::test_architecture"
    missing.stdout.fnmatch_lines(
        ["there is no file locks/model.json yet", f"to write it from the model as it is now: {command}"]
    )

    _run(pytester, "--model-lock-update").assert_outcomes(passed=1)
    written = lock.read_bytes()
    _run(pytester).assert_outcomes(passed=1)
    assert lock.read_bytes() == written

    file.write_text(SUITE.replace("nn.ReLU()", "nn.GELU()").replace("0.1", "0.5"))
    broken = _run(pytester)
    broken.assert_outcomes(failed=1)
    broken.stdout.fnmatch_lines(["locks/model.json → the model now", "*~ 1 *ReLU → GELU*", "*~ 2 *p=0.1 → 0.5*"])
    broken.stdout.fnmatch_lines([f"if this is meant: {command}"])
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


def test_the_fixture_comes_with_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (module,) = project["entry-points"]["pytest11"].values()
    assert importlib.import_module(module).model_lock is not None


@pytest.mark.slow
def test_in_a_project_of_its_own(tmp_path: Path) -> None:
    """A process for each step: the first run, the one that writes, one that keeps, and one after a change."""
    tests = tmp_path / "tests"
    tests.mkdir()
    (tests / "test_model.py").write_text(SUITE, encoding="utf-8")

    def suite(*arguments: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", PLUGIN, *arguments], cwd=tmp_path,
            capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        return done.returncode, done.stdout

    status, said = suite()
    (command,) = (line for line in said.splitlines() if "--model-lock-update" in line)
    words = command.partition("pytest ")[2].split()
    assert (status, words) == (1, ["--model-lock-update", "tests/test_model.py::test_architecture"])
    assert suite(*words)[0] == 0
    assert suite()[0] == 0
    (tests / "test_model.py").write_text(SUITE.replace("nn.ReLU()", "nn.GELU()"), encoding="utf-8")
    status, said = suite()
    assert (status, "  ~ 1  ReLU → GELU  structural\n" in said) == (1, True)
    assert f"if this is meant: pytest {' '.join(words)}\n" in said


def test_the_plugin_imports_no_torch() -> None:
    program = f"import sys, {PLUGIN}; print('torch' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.stdout == "False\n"


CHECKED = """\
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(8, 4)
        self.spare = nn.Linear(8, 4)

    def forward(self, x):
        return self.fc(x)

def test_nothing_is_wrong(model_check):
    model_check(Net(), torch.zeros(2, 8))

def test_but_for_what_is_known(model_check):
    assert len(model_check(Net(), torch.zeros(2, 8), ignore=("P004",))) == 0

def test_only_errors_count(model_check):
    assert len(model_check(Net(), torch.zeros(2, 8), fail_on="error")) == 1

def test_what_raises(model_check):
    model_check(Net(), torch.zeros(2, 9), fail_on="error")
"""


def test_what_is_wrong_fails_a_test_with_the_findings(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(CHECKED)
    done = _run(pytester)
    done.assert_outcomes(passed=2, failed=2)
    done.stdout.fnmatch_lines(["*warning?P004?: `spare` is constructed but never called"])
    done.stdout.fnmatch_lines(["*error?S001?: `fc` expects 8 features but receives 9"])
