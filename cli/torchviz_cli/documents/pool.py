"""Runs the processes of a build, one for each file that has to be loaded, a few at a time."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphviz_torch.trace import targets
from torchviz_cli import ends
from torchviz_cli.console import Console
from torchviz_cli.documents import shared, warm, work
from torchviz_cli.documents.entries import Entry
from torchviz_cli.documents.work import Mode, Orders, Problem, Result
from torchviz_cli.versions.scratch import scratch

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerContext

# Loaded once, before the processes part; each of them starts with what is loaded already.
HEAVY = ("graphviz_torch.trace.loading", "graphviz_torch.trace.inputs", "graphviz_torch.trace.runtime.tracer")
LIGHT = ("graphviz_torch.api", "torchviz_cli.documents.work")
LAST_WORDS = 12


def run(entries: Sequence[Entry], mode: Mode, jobs: int, timeout: float, console: Console) -> Iterator[Result]:
    """The result of each entry, as they come.

    Args:
        jobs: how many processes there are at a time at most.
        timeout: seconds that loading and running may take; 0 for no limit.
    """
    timed = [replace(entry, request=replace(entry.request, timeout=timeout)) for entry in entries]
    with scratch() as folder:
        orders = [Orders(group, str(folder / str(number)), mode) for number, group in enumerate(_groups(timed))]
        yield from _Pool(orders, jobs, console).results()


def default_jobs() -> int:
    """As many processes as there are processors for us."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _groups(entries: Sequence[Entry]) -> Iterator[tuple[Entry, ...]]:
    """The entries of each file."""
    sources = [entry.source for entry in entries]
    for source in dict.fromkeys(sources):
        yield tuple(entry for entry, own in zip(entries, sources, strict=True) if own == source)


class _Pool:
    """The processes that run, and what each of them still owes."""

    def __init__(self, orders: Sequence[Orders], jobs: int, console: Console) -> None:
        self._waiting = deque(orders)
        self._jobs = jobs
        self._console = console
        self._running: dict[Connection, tuple[BaseProcess, Orders, list[Entry]]] = {}
        self._new = _maker(orders)

    def results(self) -> Iterator[Result]:
        """What comes back, until nothing is owed."""
        try:
            while self._waiting or self._running:
                while self._waiting and len(self._running) < self._jobs:
                    self._start(self._waiting.popleft())
                for connection in wait(list(self._running)):
                    if isinstance(connection, Connection):
                        yield from self._received(connection)
        finally:
            for process, _, _ in self._running.values():
                _end(process)

    def _start(self, orders: Orders) -> None:
        mine, theirs = multiprocessing.Pipe(duplex=False)
        process = self._new(target=work.main, args=(orders, theirs))
        process.start()
        theirs.close()
        self._running[mine] = (process, orders, list(orders.entries))

    def _received(self, connection: Connection) -> Iterator[Result]:
        process, orders, owed = self._running[connection]
        try:
            result: Result | None = connection.recv()
        except EOFError:
            process.join()
            del self._running[connection]
            connection.close()
            said = _said(orders)
            if said and not owed:
                self._console.note("\n".join(said))
            code = process.exitcode or 0
            details = (*work.fault_places(orders), *said[-LAST_WORDS:])
            problem = Problem(ends.how(code), details, ends.hint(code))
            yield from (Result(entry.name, problem) for entry in owed)
        else:
            if result is None:
                self._start_anew(connection)
            else:
                owed.pop(0)
                yield result

    def _start_anew(self, connection: Connection) -> None:
        """Has orders carried out by a process that shares nothing, as all that come after."""
        process, orders, _ = self._running.pop(connection)
        process.join()
        connection.close()
        self._new = multiprocessing.get_context("spawn").Process
        self._waiting.appendleft(orders)


def _maker(orders: Sequence[Orders]) -> Callable[..., BaseProcess]:
    """How processes are made: from one that has loaded what most of them need, where there is such a way."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn").Process
    found = multiprocessing.get_context("forkserver")
    wanted = [targets.parse(entry.request.target) for each in orders for entry in each.entries[:1]]
    heavy = () if all(target.is_graph for target in wanted) else HEAVY
    found.set_forkserver_preload([*LIGHT, *heavy, warm.__name__])
    return _Sharing(found, shared.imports(Path(target.locator) for target in wanted if target.is_file)).process


class _Sharing:
    """Makes processes from one that has loaded what several files import."""

    def __init__(self, context: ForkServerContext, imports: Sequence[shared.Import]) -> None:
        self._context = context
        self._imports = json.dumps(imports)

    def process(self, **given: Any) -> BaseProcess:
        """A process; the first one starts the one that all of them part from, which reads what to load."""
        from multiprocessing.forkserver import ensure_running  # not on every system

        os.environ[warm.VARIABLE] = self._imports
        try:
            ensure_running()
        finally:
            os.environ.pop(warm.VARIABLE, None)
        return self._context.Process(**given)


def _said(orders: Orders) -> list[str]:
    """What the user's code has printed."""
    file = Path(orders.said)
    return file.read_text(encoding="utf-8", errors="replace").splitlines() if file.exists() else []


def _end(process: BaseProcess) -> None:
    """Ends a process and all that it has started."""
    with contextlib.suppress(OSError):
        if process.is_alive() and process.pid is not None and hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.join()
