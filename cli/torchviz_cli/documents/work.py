"""One process of a build: loads files in turn, runs each model that is wanted of one, and draws the entries."""

from __future__ import annotations

import contextlib
import faulthandler
import json
import os
import shlex
import signal
import sys
import threading
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from multiprocessing import parent_process
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Literal

from graphviz_torch.errors import TorchvizError
from graphviz_torch.trace.targets import RENDER
from torchviz_cli import ends
from torchviz_cli.console import Console
from torchviz_cli.documents import drawing, freshness, warm
from torchviz_cli.documents.entries import Entry
from torchviz_cli.documents.freshness import Verdict
from torchviz_cli.documents.runs import Run, run
from torchviz_cli.documents.turns import Stand, Turns, worth_while
from torchviz_cli.graphs import Request
from torchviz_cli.limits import OutOfTimeError
from torchviz_cli.views import warnings_told

Mode = Literal["build", "check", "bytes"]


@dataclass(frozen=True, slots=True)
class Orders:
    """What a process is told to do with one file.

    Attributes:
        said: a file for what the user's code prints.
        mode: whether to draw, to look at what was drawn, or to look at its bytes too.
    """

    entries: tuple[Entry, ...]
    said: str
    mode: Mode


@dataclass(frozen=True, slots=True)
class Problem:
    """Why there are no files of an entry: an error of the user's, or a fault of ours."""

    message: str
    details: tuple[str, ...] = ()
    hint: str | None = None
    is_ours: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """What came of an entry.

    Attributes:
        raised: what the model raised, one fact a line; empty where it ran to its end.
        files: path to contents, of a build.
        verdict: what a check found; `None` for a build.
    """

    name: str
    problem: Problem | None = None
    raised: tuple[str, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)
    verdict: Verdict | None = None


def main(parent: Connection, several: bool, to_load: warm.ToLoad) -> None:
    """Carries out orders until there are none, with a result for each entry and then where the process stands.

    `None` is sent where another process is to do it.

    Args:
        several: whether files are taken in turn; else one alone is.
        to_load: what comes before them, in a process that parted from no other.
    """
    if not warm.is_whole():
        parent.send(None)
        return
    _set_apart()
    orders: Orders | None = parent.recv()
    turns = _turns(to_load) if several and worth_while() else None
    stand: Stand = "same"
    while orders is not None:
        _carry_out(orders, parent)
        stand = turns.over() if turns is not None else "changed"
        parent.send(stand)
        orders = parent.recv() if stand != "changed" else None
    if stand == "unseen" and turns is not None:
        parent.send(turns.look())
    # Threads that the user's code left behind are not waited for.
    os._exit(0)


def _turns(to_load: warm.ToLoad) -> Turns:
    if not warm.inherited():
        warm.load(to_load)
    return Turns()


def _carry_out(orders: Orders, parent: Connection) -> None:
    runs: dict[tuple[Request, str], Run | Problem] = {}
    with _heard(orders.said), open(_fault(orders), "wb") as fault:
        faulthandler.enable(fault, all_threads=False)
        for entry in orders.entries:
            key = (entry.request, entry.against)
            if key not in runs:
                runs[key] = _obtained(entry)
            parent.send(_result(entry, runs[key], orders.mode))
        faulthandler.disable()


def fault_places(orders: Orders) -> tuple[str, ...]:
    """Where in the user's code a process was when it was killed by a fault of its own."""
    file = _fault(orders)
    return ends.places(file.read_text(encoding="utf-8", errors="replace")) if file.exists() else ()


def _fault(orders: Orders) -> Path:
    return Path(f"{orders.said}.fault")


def _obtained(entry: Entry) -> Run | Problem:
    try:
        return run(entry)
    except TorchvizError as error:
        return Problem(error.message, error.details, hint_for(error.hint))
    except OutOfTimeError as error:
        return Problem(str(error), hint="give it more seconds, or leave --timeout away")
    except Exception as error:  # noqa: BLE001 - told by the parent, which has the terminal
        return _of_ours(error)


def _result(entry: Entry, obtained: Run | Problem, mode: Mode) -> Result:
    if isinstance(obtained, Problem):
        return Result(entry.name, obtained)
    found = Result(entry.name, raised=obtained.raised)
    try:
        with warnings_told(Console()):
            if mode == "build":
                return replace(found, files=drawing.files(entry, obtained))
            return replace(found, verdict=freshness.check(entry, obtained, strict=mode == "bytes"))
    except TorchvizError as error:
        return replace(found, problem=Problem(error.message, error.details, error.hint))
    except Exception as error:  # noqa: BLE001 - as above
        return replace(found, problem=_of_ours(error))


def hint_for(hint: str | None) -> str | None:
    """A hint that is a command line, as the keys of an entry."""
    if hint is None or not hint.startswith(f"{RENDER} "):
        return hint
    try:
        words = shlex.split(hint)[2:]
    except ValueError:
        return None
    for option, key in (("-i", "input"), ("--arg", "arg")):
        values = [value for word, value in pairwise(words) if word == option]
        if values:
            return f"{key} = {json.dumps(values)}"
    return f'target = "{words[0]}"'


def _of_ours(error: Exception) -> Problem:
    traceback.print_exc()
    where = traceback.extract_tb(error.__traceback__)[-1]
    details = (f"at line {where.lineno} of {Path(where.filename).name}, in {where.name}",)
    return Problem(f"this is a fault of torchviz-cli: {type(error).__name__}: {error}", details, is_ours=True)


def _set_apart() -> None:
    """No compiled files are left, and nobody is left behind."""
    sys.dont_write_bytecode = True
    if hasattr(os, "setsid"):
        os.setsid()
    threading.Thread(target=_end_with_parent, daemon=True).start()


@contextlib.contextmanager
def _heard(said: str) -> Iterator[None]:
    """What the user's code prints goes to a file."""
    file = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
    for descriptor in (1, 2):
        os.dup2(file, descriptor)
    os.close(file)
    yield
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        if hasattr(os, "killpg"):
            os.killpg(os.getpgrp(), signal.SIGKILL)
        os._exit(1)
