"""Whether one process may take several files in turn: only while each left everything as it was.

What a file brought itself is taken away, so that each finds its own modules. Nothing else is put back: where anything
is not as it was, whoever it belongs to, this process is told to be of no use for another file.
"""

from __future__ import annotations

import abc
import atexit
import contextvars
import gc
import locale
import os
import random
import signal
import sys
import sysconfig
import time
from collections.abc import Sequence
from importlib.machinery import ExtensionFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

from torchviz_cli.documents import warm
from torchviz_cli.documents.heap import Heap, is_ours, objects

# What is known of a process after a file: that it is as it was, that it is not, or nothing since nobody has looked.
Stand = Literal["same", "changed", "unseen"]
FEW, MANY = 8, 32
# Of more objects, those of large libraries, it takes longer to compare them than to begin a process; and such libraries
# change something of theirs with the first model that they make.
MOST_OBJECTS = 200_000
INSTALLED = ("stdlib", "platstdlib", "purelib", "platlib")
SECONDS = 1.0


def worth_while() -> bool:
    """Whether files should be taken in turn by this process."""
    return len(warm.inherited()) <= MOST_OBJECTS


class Turns:
    """The files that a process takes in turn.

    To look at everything takes longer than to trace a small model, so it is done after several files, or after a
    second.
    """

    def __init__(self) -> None:
        self._installed = [Path(sysconfig.get_path(name)).resolve() for name in INSTALLED]
        gc.collect()
        self._modules = dict(sys.modules)
        self._heap = Heap(warm.inherited() or objects())
        self._surroundings = _surroundings()
        self._most = FEW
        self._count = 0
        self._since = time.monotonic()

    def over(self) -> Stand:
        """Ends the turn of a file."""
        if not self._forget_its_modules():
            return "changed"
        self._count += 1
        if self._count < self._most and time.monotonic() - self._since < SECONDS:
            return "unseen"
        return self.look()

    def look(self) -> Stand:
        """Compares everything."""
        if not self._is_same():
            return "changed"
        self._most = min(2 * self._most, MANY)
        self._count, self._since = 0, time.monotonic()
        return "same"

    def _is_same(self) -> bool:
        if _surroundings() != self._surroundings:
            return False
        gc.collect()
        return self._heap.is_same()

    def _forget_its_modules(self) -> bool:
        """Takes away what the project has; says whether all other modules are those of before, but for our own."""
        for name in [name for name in sys.modules if name not in self._modules]:
            if is_ours(name):
                self._modules[name] = sys.modules[name]
            elif _is_of_project(sys.modules[name], self._installed):
                del sys.modules[name]
        return sys.modules == self._modules


def _is_of_project(module: ModuleType, installed: Sequence[Path]) -> bool:
    """Whether a module is one that the next file may have another of: not installed, and not compiled."""
    spec = getattr(module, "__spec__", None)
    if isinstance(getattr(spec, "loader", None), ExtensionFileLoader):
        return False
    place = getattr(module, "__file__", None) or next(iter(getattr(module, "__path__", ())), None)
    if place is None:
        return getattr(spec, "origin", None) not in ("built-in", "frozen")
    return not any(Path(place).resolve().is_relative_to(folder) for folder in installed)


def _surroundings() -> list[Any]:
    """What belongs to the process, and to no object of it."""
    found: list[Any] = [
        dict(os.environ), _folder(), list(sys.path), list(sys.argv), sys.getrecursionlimit(), sys.getswitchinterval(),
        sys.gettrace(), sys.getprofile(), gc.isenabled(), gc.get_threshold(), random.getstate(), warm.threads(),
        _has_children(), [signal.getsignal(number) for number in signal.valid_signals()], _exit_handlers(),
        abc.get_cache_token(), locale.setlocale(locale.LC_ALL), list(contextvars.copy_context().items()),
    ]  # fmt: skip
    if "graphviz_torch.trace.settings" in sys.modules:
        from graphviz_torch.trace.settings import standing

        found += standing()
    return found


def _folder() -> str:
    try:
        return os.getcwd()
    except OSError:  # it is gone
        return ""


def _exit_handlers() -> int:
    counted: Any = getattr(atexit, "_ncallbacks", None)
    return counted() if counted is not None else 0


def _has_children() -> bool:
    if not hasattr(os, "waitid"):
        return False
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True
