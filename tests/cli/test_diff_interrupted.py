"""A run that is interrupted, ended or killed leaves no trace: not in the repository, not in the temporary folder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.interrupts import hearing
from tests.support.repositories import MODEL, Repository
from torchviz_cli.versions.scratch import PREFIX, scratch

HANGING = f"""\
import os, threading
from pathlib import Path
Path(os.environ["MARK"], str(os.getpid())).touch()
threading.Event().wait()
{MODEL}"""
SECONDS = 60

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    found = Repository(tmp_path / "repository")
    found.commit(model_py=HANGING)
    found.write("model.py", HANGING.replace("relu", "tanh"))
    (tmp_path / "temporary").mkdir()
    (tmp_path / "marks").mkdir()
    return found


def _until(happened: Callable[[], bool]) -> None:
    wait = threading.Event()
    for _ in range(SECONDS * 50):
        if happened():
            return
        wait.wait(0.02)
    raise AssertionError("it did not happen")


def _start(repository: Repository, tmp_path: Path) -> subprocess.Popen[bytes]:
    """A run that is in the middle of both sides."""
    environment = {**os.environ, "TMPDIR": str(tmp_path / "temporary"), "MARK": str(tmp_path / "marks")}
    process = subprocess.Popen(
        [sys.executable, "-m", "torchviz_cli", "diff", "model.py:build"],
        cwd=repository.folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        preexec_fn=hearing,
    )  # fmt: skip
    _until(lambda: len(list((tmp_path / "marks").iterdir())) == 2 or process.poll() is not None)
    assert process.poll() is None
    return process


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A child that was killed stays until somebody asks for its status.
    return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text() if Path("/proc").exists() else True


@pytest.mark.parametrize(
    ("number", "status"),
    [
        (signal.SIGINT, 130),
        pytest.param(signal.SIGTERM, 143, marks=pytest.mark.slow),
        (signal.SIGKILL, -signal.SIGKILL),
    ],
)
def test_nothing_is_left_behind(number: int, status: int, repository: Repository, tmp_path: Path) -> None:
    before = repository.snapshot()
    process = _start(repository, tmp_path)
    assert list((tmp_path / "temporary").glob(f"{PREFIX}*"))
    process.send_signal(number)
    process.communicate(timeout=SECONDS)
    assert process.returncode == status
    for mark in (tmp_path / "marks").iterdir():
        _until(lambda pid=int(mark.name): not _alive(pid))
    _until(lambda: not list((tmp_path / "temporary").iterdir()))
    assert repository.snapshot() == before


def test_a_later_run_removes_what_a_killed_one_has_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    stale = tmp_path / f"{PREFIX}stale"
    (stale / "0" / "tree").mkdir(parents=True)
    (stale / "owner").touch()
    strange = tmp_path / f"{PREFIX}of-somebody-else"
    strange.mkdir()
    with scratch() as first:
        assert not stale.exists()
        with scratch() as second:
            assert first.exists()
            assert second.exists()
        assert not second.exists()
    assert list(tmp_path.iterdir()) == [strange]
