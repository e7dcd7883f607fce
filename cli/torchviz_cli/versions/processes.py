"""Runs the processes of the versions side by side, and ends them whatever happens."""

from __future__ import annotations

import contextlib
import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType

import graphviz_torch
import torchviz_cli
from torchviz_cli import ends
from torchviz_cli.versions.child import SAID, Orders, write_orders

# Ours come last on the path, so that they hide nothing that the model imports.
PROGRAM = "import sys; sys.path += {roots!r}; from torchviz_cli.versions.child import main; main({folder!r})"

# Seconds after which a wait on Windows looks whether Ctrl-C was pressed, which does not end it by itself.
SLICE = 0.5


@contextlib.contextmanager
def cleanly_terminated() -> Iterator[None]:
    """Turns a request to end into an exception while the block runs, so that it tidies up."""

    def leave(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    # Somebody who ignores a signal (nohup) goes on ignoring it.
    before = {number: signal.signal(number, leave) for number in numbers if signal.getsignal(number) != signal.SIG_IGN}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def run(jobs: Sequence[tuple[Path, Orders, Path]], limit: float = 0.0) -> tuple[int | None, ...]:
    """Runs (folder of the process, its orders, its current folder) at the same time.

    Args:
        limit: seconds after which each should have stopped by itself; 0 for none.

    Returns:
        Their exit statuses; `None` for what ran on after its time.
    """
    running: list[subprocess.Popen[bytes]] = []
    try:
        for folder, orders, current in jobs:
            write_orders(folder, orders)
            running.append(_start(folder, current))
        deadline = time.monotonic() + limit + ends.GRACE if limit else math.inf
        return tuple(_status(process, deadline) for process in running)
    finally:
        for process in running:
            _end(process)


def _start(folder: Path, current: Path) -> subprocess.Popen[bytes]:
    roots = [str(Path(str(package.__file__)).parent.parent) for package in (graphviz_torch, torchviz_cli)]
    program = PROGRAM.format(roots=roots, folder=str(folder))
    with open(folder / SAID, "wb") as said:
        return subprocess.Popen(
            # -P: the current folder is not first on the path, where its files would hide modules of the interpreter.
            # -B: no compiled files are left in the user's folders.
            [sys.executable, "-P", "-B", "-c", program],
            cwd=current,
            # What the model prints is read as such, whatever the encoding of the terminal; and a model that walks a set
            # of words does so in the same order on both sides.
            env={**os.environ, "PYTHONIOENCODING": "utf-8:backslashreplace", "PYTHONHASHSEED": "0"},
            stdin=subprocess.PIPE,
            stdout=said,
            stderr=said,
            start_new_session=os.name == "posix",
        )


def _status(process: subprocess.Popen[bytes], deadline: float) -> int | None:
    """The exit status of a process that ends in time."""
    while process.poll() is None:
        left = deadline - time.monotonic()
        if left <= 0:
            return None
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(min(left, SLICE) if os.name == "nt" else None if math.isinf(left) else left)
    return process.returncode


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends a process and all that it has started."""
    with contextlib.suppress(OSError):
        if process.poll() is None and os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        elif process.poll() is None:
            process.kill()
    process.wait()
    if process.stdin is not None:
        process.stdin.close()
