"""What is said to people, all of it on stderr."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from graphviz_torch.errors import TorchvizError

PATIENCE = 0.5
BOLD_RED, BOLD, RESET = "\033[1;31m", "\033[1m", "\033[0m"


class Console:
    """Errors, notes and progress, with colour only on a terminal that wants it."""

    def __init__(self, quiet: bool = False) -> None:
        self._quiet = quiet
        self._terminal = sys.stderr.isatty()
        self._color = self._terminal and not os.environ.get("NO_COLOR")
        self._started = time.monotonic()

    @property
    def color(self) -> bool:
        """Whether colour is wanted."""
        return self._color

    def error(self, problem: TorchvizError) -> None:
        """What was asked, what is there, and a line to type."""
        print(f"{self._paint('error:', BOLD_RED)} {printable(problem.message)}", file=sys.stderr)  # noqa: T201
        for line in problem.details:
            print(f"  {printable(line)}", file=sys.stderr)  # noqa: T201
        if problem.hint:
            print(f"  {self._paint('help:', BOLD)} {printable(problem.hint)}", file=sys.stderr)  # noqa: T201

    def note(self, text: str) -> None:
        """Something worth knowing; not with --quiet."""
        if not self._quiet:
            print(printable(text), file=sys.stderr)  # noqa: T201

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Shows what is going on, on a terminal, once the whole run has taken half a second."""
        if self._quiet or not self._terminal:
            yield
            return
        wait = max(0.0, PATIENCE - (time.monotonic() - self._started))
        timer = threading.Timer(wait, lambda: self._show(f"{name} ..."))
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            timer.join()
            self._show("")

    def _show(self, text: str) -> None:
        sys.stderr.write(f"\r\033[K{text}")
        sys.stderr.flush()

    def _paint(self, text: str, style: str) -> str:
        return f"{style}{text}{RESET}" if self._color else text


def printable(text: str) -> str:
    """Text that cannot steer the terminal and that its encoding can hold."""
    safe = "".join(
        c if c == "\n" or c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in text
    )
    encoding = sys.stderr.encoding or "utf-8"
    return safe.encode(encoding, "backslashreplace").decode(encoding)
