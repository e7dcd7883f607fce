"""One version in a process of its own: loads and runs the model, and leaves the graph where it was told to."""

from __future__ import annotations

import contextlib
import faulthandler
import json
import os
import signal
import sys
import threading
import traceback
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

from graphviz_torch import api
from graphviz_torch.errors import TorchvizError
from torchviz_cli import ends
from torchviz_cli.console import Console
from torchviz_cli.graphs import Request, obtain
from torchviz_cli.limits import OutOfTimeError
from torchviz_cli.versions.imports import TreeFinder
from torchviz_cli.versions.scratch import remove

ORDERS, GRAPH, OUTCOME, SAID, FAULT = "orders.json", "graph.json", "outcome.json", "said.txt", "fault.txt"


@dataclass(frozen=True, slots=True)
class Orders:
    """What a process is told.

    Attributes:
        request: what to trace.
        working: the working tree that nothing may be imported from; empty for the version of the working tree.
        tree: the files of the revision.
        scratch: the folder of the whole run, removed where the parent is gone.
    """

    request: Request
    working: str = ""
    tree: str = ""
    scratch: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a process says afterwards.

    Attributes:
        kind: `done`, `error` (the user's, with a message) or `fault` (ours).
        raised: what the model raised, one fact a line.
        notes: what the reader should know of this version.
    """

    kind: str
    message: str = ""
    details: tuple[str, ...] = ()
    hint: str | None = None
    raised: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def main(folder: str) -> None:
    """Carries out the orders in a folder."""
    place = Path(folder)
    orders = _read(place / ORDERS)
    _die_with_parent(orders.scratch)
    with open(place / FAULT, "wb") as fault, _own_imports(orders) as strays:
        faulthandler.enable(fault, all_threads=False)
        _tell_later(orders.request.timeout, fault)
        outcome = _outcome(orders, place, strays)
        faulthandler.cancel_dump_traceback_later()
        faulthandler.disable()
    write_outcome(place, outcome)


def _tell_later(limit: float, fault: BinaryIO) -> None:
    """Leaves word of where the process is, before the parent has to end it."""
    if limit > 0:
        with contextlib.suppress(ValueError, OverflowError):  # no number of seconds, which is told later
            faulthandler.dump_traceback_later(limit + ends.GRACE / 2, file=fault)


def write_orders(place: Path, orders: Orders) -> None:
    """Leaves the orders for a process."""
    (place / ORDERS).write_text(json.dumps(asdict(orders)), encoding="utf-8")


def write_outcome(place: Path, outcome: Outcome) -> None:
    """Leaves the outcome, whole or not at all."""
    (place / f"{OUTCOME}.part").write_text(json.dumps(asdict(outcome)), encoding="utf-8")
    os.replace(place / f"{OUTCOME}.part", place / OUTCOME)


def read_outcome(place: Path) -> Outcome | None:
    """The outcome of a process; `None` where it died before it could say anything."""
    if not (place / OUTCOME).exists():
        return None
    found: dict[str, Any] = json.loads((place / OUTCOME).read_text(encoding="utf-8"))
    lists = {name: tuple(found[name]) for name in ("details", "raised", "notes")}
    return Outcome(**{**found, **lists})


def fault_places(place: Path) -> tuple[str, ...]:
    """Where in the user's code a process was when it was killed by a fault of its own."""
    file = place / FAULT
    return ends.places(file.read_text(encoding="utf-8", errors="replace")) if file.exists() else ()


def _read(file: Path) -> Orders:
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    request: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in found["request"].items()
    }
    return Orders(Request(**request), found["working"], found["tree"], found["scratch"])


def _outcome(orders: Orders, place: Path, strays: list[str]) -> Outcome:
    try:
        obtained = obtain(orders.request, Console())
        api.save(obtained.graph, place / GRAPH)
    except TorchvizError as error:
        return Outcome("error", error.message, error.details, error.hint)
    except OutOfTimeError as error:
        return Outcome("error", str(error), hint="give it more seconds, or leave --timeout away")
    except Exception as error:  # noqa: BLE001 - told by the parent, which has the terminal
        traceback.print_exc()
        where = traceback.extract_tb(error.__traceback__)[-1]
        return Outcome("fault", f"{type(error).__name__}: {error}", (f"{Path(where.filename).name}:{where.lineno}",))
    raised: tuple[str, ...] = ()
    if obtained.error is not None:
        failure = obtained.graph.failure
        name = failure.exception if failure is not None else type(obtained.error.__cause__).__name__
        raised = (f"{name}: {(obtained.error.message.splitlines() or [''])[0]}", *api.explain(obtained.graph))
    notes = [f"`{name}` is not in the revision; it was taken from the working tree" for name in dict.fromkeys(strays)]
    return Outcome("done", raised=raised, notes=tuple(notes))


@contextlib.contextmanager
def _own_imports(orders: Orders) -> Iterator[list[str]]:
    if not orders.working:
        yield []
        return
    finder = TreeFinder(Path(orders.working), Path(orders.tree))
    sys.meta_path.insert(0, finder)
    try:
        yield finder.strays
    finally:
        sys.meta_path.remove(finder)


def _die_with_parent(scratch: str) -> None:
    """Ends the process, and removes what the run has written, as soon as the other end of stdin is closed."""
    watched = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)

    def watch() -> None:
        while os.read(watched, 1):
            pass
        if scratch:
            os.chdir(Path(scratch).parent)  # Windows keeps the folder that a process is in
            remove(Path(scratch))
        if os.name == "posix":
            os.killpg(os.getpgrp(), signal.SIGKILL)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
