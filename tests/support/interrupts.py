"""Processes that hear an interrupt however the tests were started."""

from __future__ import annotations

import signal


def hearing() -> None:
    """For `preexec_fn`: a shell starts what runs in the background deaf to Ctrl-C, and its children inherit that."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
