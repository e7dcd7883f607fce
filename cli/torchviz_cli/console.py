"""What is said to people, all of it on stderr."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from graphviz_torch.errors import TorchvizError
from torchviz_cli.signs import held

PATIENCE = 0.5
LONGEST = 1000
BOLD_RED, BOLD, RESET = "\033[1;31m", "\033[1m", "\033[0m"


class Console:
    """Errors, notes and progress, with colour only on a terminal that wants it."""

    def __init__(self, quiet: bool = False) -> None:
        self._quiet = quiet
        self._terminal = sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self._color = self._terminal and not os.environ.get("NO_COLOR")
        self._started = time.monotonic()
        self._shown = ""

    @property
    def color(self) -> bool:
        """Whether colour is wanted."""
        return self._color

    def error(self, problem: TorchvizError) -> None:
        """What was asked, what is there, and a line to type."""
        self._say(f"{self._paint('error:', BOLD_RED)} {_indented(problem.message)}")
        for line in problem.details:
            self._say(f"  {_indented(line)}")
        if problem.hint:
            self._say(f"  {self._paint('help:', BOLD)} {_indented(problem.hint)}")

    def interrupted(self) -> None:
        """Somebody pressed Ctrl-C."""
        self._say("\ninterrupted")

    def note(self, text: str) -> None:
        """Something worth knowing; not with --quiet."""
        if not self._quiet:
            self._say(_indented(text))

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Shows what is going on, on a terminal, once the whole run has taken half a second."""
        if self._quiet or not self._terminal:
            yield
            return
        wait = max(0.0, PATIENCE - (time.monotonic() - self._started))
        seen = threading.Event()

        def show() -> None:
            seen.set()
            self._show(f"{name} ...")

        timer = threading.Timer(wait, show)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            timer.join()
            if seen.is_set():
                self._show("")

    def _show(self, text: str) -> None:
        self._shown = text
        sys.stderr.write(f"\r\033[K{text}")
        sys.stderr.flush()

    def _say(self, text: str) -> None:
        """One message on stderr, in place of what is going on; where nobody can read it, there is nobody to tell."""
        with suppress(OSError, AttributeError):
            shown = self._shown
            sys.stderr.write(f"\r\033[K{text}\n{shown}" if shown else f"{text}\n")
            sys.stderr.flush()

    def _paint(self, text: str, style: str) -> str:
        return f"{style}{text}{RESET}" if self._color else text


def _indented(text: str) -> str:
    """Printable text, its further lines below the first, none of them without end."""
    return "\n  ".join(_elided(line) for line in printable(text).split("\n"))


def _elided(line: str) -> str:
    return line if len(line) <= LONGEST else line[: LONGEST // 2] + " ... " + line[-LONGEST // 2 :]


def printable(text: str) -> str:
    """Text that cannot steer the terminal and that its encoding can hold."""
    safe = "".join(
        c if c == "\n" or c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode()
        for c in text.replace("\t", "    ")
    )
    encoding = getattr(sys.stderr, "encoding", None) or "utf-8"
    return held(safe, encoding)
