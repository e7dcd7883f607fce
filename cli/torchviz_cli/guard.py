"""A process around the one that runs the user's code, so that a model that kills its process does not go unnoticed.

The work is done in a child, forked before anything heavy is imported; the parent waits, hands signals on, and ends as
the child ended. Only where the child was gone before it could say anything does the parent speak.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Callable

from torchviz_cli import exit_codes

HANDED_ON = frozenset(("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"))
DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG
LAST_WORD = b"."


def guarded(work: Callable[[], None]) -> None:
    """Does something in a child process, where the system has what it takes, and ends as that did."""
    if not hasattr(os, "fork") or not hasattr(signal, "sigwaitinfo"):
        work()
        return
    waited = {signal.SIGCHLD, *(getattr(signal, name) for name in HANDED_ON)}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, waited)
    reading, writing = os.pipe()
    parent, child = os.getpid(), os.fork()
    if child == 0:
        os.close(reading)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        _end_with(parent)
        try:
            work()
        finally:
            os.write(writing, LAST_WORD)
        return
    os.close(writing)
    status = _wait(child, waited)
    _end(os.waitstatus_to_exitcode(status), _spoke(reading))


def _end_with(parent: int) -> None:
    """Nobody would stop a model that hangs when the parent was killed."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(exit_codes.INTERRUPTED)


def _wait(child: int, waited: set[signal.Signals]) -> int:
    """The status of the child when it has ended; what a terminal sends it gets from there."""
    while True:
        found, status = os.waitpid(child, os.WNOHANG)
        if found:
            return status
        got = signal.sigwaitinfo(waited)
        if got.si_signo != signal.SIGCHLD and got.si_code <= 0:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, got.si_signo)


def _spoke(reading: int) -> bool:
    """Whether the child came to its end; processes that it left behind can still hold the other end."""
    os.set_blocking(reading, False)
    try:
        return os.read(reading, 1) == LAST_WORD
    except BlockingIOError:
        return False


def _end(code: int, spoken: bool) -> None:
    """Ends as the child did; with a word where it had none."""
    if spoken:
        sys.exit(code if code >= 0 else 128 - code)
    how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended at once, with exit code {code}"
    hint = ""
    if code == -signal.SIGKILL:
        hint = "\n  help: the system does that where memory runs out: smaller inputs, or a smaller model"
    elif code >= 0:
        hint = "\n  help: `os._exit` does that: raise an exception instead"
    sys.stderr.write(f"error: the process {how} while the user's code ran{hint}\n")
    sys.exit(exit_codes.USAGE)
