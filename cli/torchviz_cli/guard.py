"""A process around the one that runs the user's code, so that a model that kills its process does not go unnoticed.

The work is done in a child, forked before anything heavy is imported; the parent waits, hands signals on, and ends as
the child ended. Only where the child was gone before it could say anything does the parent speak, and where the child
runs on after its time because the user's code does not come back to Python.
"""

from __future__ import annotations

import contextlib
import ctypes
import faulthandler
import os
import signal
import sys
import time
from collections.abc import Callable

from torchviz_cli import ends, exit_codes

HANDED_ON = frozenset(("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"))
DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG
LAST_WORD = b"."
LONGEST_DUMP = 2**16


def guarded(work: Callable[[], None], limit: float = 0.0) -> None:
    """Does something in a child process, where the system has what it takes, and ends as that did.

    Args:
        limit: seconds after which it should have stopped by itself; 0 for none.
    """
    if not hasattr(os, "memfd_create") or not hasattr(signal, "sigwaitinfo"):
        work()
        return
    waited = {signal.SIGCHLD, *(getattr(signal, name) for name in HANDED_ON)}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, waited)
    reading, writing = os.pipe()
    dump = os.memfd_create("dump")
    parent, child = os.getpid(), os.fork()
    if child == 0:
        os.close(reading)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        _end_with(parent)
        faulthandler.enable(dump, all_threads=False)
        try:
            work()
        finally:
            os.write(writing, LAST_WORD)
        return
    os.close(writing)
    status = _wait(child, waited, time.monotonic() + limit + ends.GRACE if limit else None)
    if status is None:
        _say(ends.overdue(limit), (), None)
        _leave(exit_codes.USAGE)
    else:
        _end(os.waitstatus_to_exitcode(status), _spoke(reading), dump)


def _end_with(parent: int) -> None:
    """Nobody would stop a model that hangs when the parent was killed."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(exit_codes.INTERRUPTED)


def _wait(child: int, waited: set[signal.Signals], deadline: float | None) -> int | None:
    """The status of the child when it has ended; `None` where its time is over.

    What a terminal sends, the child gets from there.
    """
    while True:
        found, status = os.waitpid(child, os.WNOHANG)
        if found:
            return status
        got = _signal(waited, deadline)
        if got is None:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return None
        if got.si_signo != signal.SIGCHLD and got.si_code <= 0:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, got.si_signo)


def _signal(waited: set[signal.Signals], deadline: float | None) -> signal.struct_siginfo | None:
    """The next signal; `None` at the end of the time."""
    if deadline is None:
        return signal.sigwaitinfo(waited)
    return signal.sigtimedwait(waited, max(deadline - time.monotonic(), 0.0))


def _spoke(reading: int) -> bool:
    """Whether the child came to its end; processes that it left behind can still hold the other end."""
    os.set_blocking(reading, False)
    try:
        return os.read(reading, 1) == LAST_WORD
    except BlockingIOError:
        return False


def _end(code: int, spoken: bool, dump: int) -> None:
    """Ends as the child did; with a word where it had none."""
    if spoken:
        _leave(code if code >= 0 else 128 - code)
    else:
        places = ends.places(os.pread(dump, LONGEST_DUMP, 0).decode("utf-8", "replace"))
        _say(ends.how(code), places, ends.hint(code))
        _leave(exit_codes.USAGE)


def _say(what: str, details: tuple[str, ...], hint: str | None) -> None:
    lines = (f"error: {what}", *details, *([f"help: {hint}"] if hint else []))
    sys.stderr.write("\n  ".join(lines) + "\n")


def _leave(code: int) -> None:
    """Ends this process alone: what its callers do at the end, the child has done."""
    sys.stderr.flush()
    os._exit(code)
