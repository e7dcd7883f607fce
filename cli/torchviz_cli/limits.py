"""What the user's code is kept within while it runs: its time, and its place on stderr."""

from __future__ import annotations

import contextlib
import importlib
import math
import os
import signal
import sys
from collections.abc import Iterator
from types import FrameType

from graphviz_torch.errors import TorchvizError


class OutOfTimeError(TimeoutError):
    """The seconds of --timeout are over."""


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raises `OutOfTimeError` inside the user's code after some seconds, so that the graph shows where it was.

    Raises:
        TorchvizError: it is no number of seconds.
    """
    if not 0 <= seconds < math.inf:
        raise TorchvizError(f"`--timeout {seconds:g}` is no number of seconds", hint="--timeout 60; 0 is no limit")
    if seconds == 0 or not hasattr(signal, "setitimer"):
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        raise OutOfTimeError(f"stopped after {seconds:g} seconds (--timeout)")

    # The seconds that torch takes to be imported are not the user's; and what is raised in there, torch can swallow.
    importlib.import_module("graphviz_torch.trace.loading")
    before = signal.signal(signal.SIGALRM, stop)
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds)
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def output_to_stderr() -> Iterator[None]:
    """What the user's code prints must not end up in the middle of a picture on stdout, wherever it prints from."""
    with contextlib.redirect_stdout(sys.stderr), _descriptor_to_stderr():
        yield


@contextlib.contextmanager
def _descriptor_to_stderr() -> Iterator[None]:
    """The same for compiled code and for child processes, which write to the descriptor."""
    try:
        if sys.__stdout__ is None or sys.__stderr__ is None:
            raise ValueError("closed")
        sys.__stdout__.flush()
        out, err = sys.__stdout__.fileno(), sys.__stderr__.fileno()
        kept = os.dup(out)
    except (OSError, ValueError):  # closed, or no descriptor behind it
        yield
        return
    os.dup2(err, out)
    try:
        yield
    finally:
        # What the user's code wrote to the real stdout and is still waiting belongs to stderr too.
        with contextlib.suppress(OSError, ValueError):
            sys.__stdout__.flush()
        os.dup2(kept, out)
        os.close(kept)
