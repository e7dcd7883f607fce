"""How a process ended that the user's code took with it, in words."""

from __future__ import annotations

import os
import re
import signal

from graphviz_torch.trace.said import is_told, shown

FRAME = re.compile(r'^  File "(.+)", line (\d+) in (.+)$', re.MULTILINE)
MOST_FRAMES = 3
MEMORY = "the system does that where memory runs out: smaller inputs, or a smaller model"
# Seconds beyond --timeout: to start, to import torch, and to draw how far the model came.
GRACE = 15.0
AT_ONCE = "`os._exit` does that: raise an exception instead"


def how(code: int) -> str:
    """How it ended: `the process was killed by SIGSEGV while the user's code ran`.

    Args:
        code: as Python tells it: negative for signals.
    """
    what = f"was killed by {_signal(-code)}" if code < 0 else f"ended at once, with exit code {code}"
    return f"the process {what} while the user's code ran"


def overdue(limit: float) -> str:
    """What to say of a process that ran on after its time."""
    return f"stopped after {limit:g} seconds (--timeout), in code that does not come back to Python"


def hint(code: int) -> str | None:
    """What may be behind it."""
    if code >= 0:
        return AT_ONCE
    return MEMORY if -code == getattr(signal, "SIGKILL", 9) else None


def places(dump: str) -> tuple[str, ...]:
    """The user's frames, innermost first, in what `faulthandler` wrote."""
    found = FRAME.findall(dump)
    told = [frame for frame in found if is_told(frame[0]) and f"{os.sep}site-packages{os.sep}" not in frame[0]]
    return tuple(f"{shown(file)}:{line} in {function}" for file, line, function in told[:MOST_FRAMES])


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
