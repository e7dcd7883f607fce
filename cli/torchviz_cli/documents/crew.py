"""The processes of a build: how they are made, what each of them owes, and how they end."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from graphviz_torch.trace import targets
from torchviz_cli import ends
from torchviz_cli.console import Console
from torchviz_cli.documents import shared, warm, work
from torchviz_cli.documents.entries import Entry
from torchviz_cli.documents.turns import Stand
from torchviz_cli.documents.work import Orders, Problem, Result

LAST_WORDS = 12
# Models that walk a set of words do so in the same order every time, or their pictures would go stale by themselves.
SAME_ORDER = {"PYTHONHASHSEED": "0"}


class Hand:
    """A process, what it is to do, and what it has done.

    Attributes:
        several: whether it takes files in turn.
        orders: what it does now; `None` where it has been told that there is nothing more.
        is_first: whether it was as it began when it took up these, so that what it says is sure at once. What comes
            of later ones is held back until it was found unchanged.
    """

    def __init__(self, process: BaseProcess, connection: Connection, several: bool, timeout: float, console: Console):
        self.connection = connection
        self.several = several
        self.orders: Orders | None = None
        self.is_first = True
        self._process = process
        self._timeout = timeout
        self._console = console
        self._owed: list[Entry] = []
        self._held: list[tuple[Orders, list[Result]]] = []
        self._last = time.monotonic()

    def told(self, orders: Orders | None) -> None:
        """Has it do something; or end."""
        self.orders = orders
        self._owed = list(orders.entries) if orders is not None else []
        if orders is not None and not self.is_first:
            self._held.append((orders, []))
        self._last = time.monotonic()
        with contextlib.suppress(OSError):  # where it is gone, the next that is heard of it is that
            self.connection.send(orders)

    def heard(self) -> Result | Stand | None:
        """What it says."""
        self._last = time.monotonic()
        message: Result | Stand | None = self.connection.recv()
        return message

    def owes_less(self, result: Result) -> Iterator[Result]:
        """Takes a result, and hands it on where it is sure."""
        self._owed.pop(0)
        if self.is_first:
            yield result
        else:
            self._held[-1][1].append(result)

    def stands(self, stand: Stand) -> Iterator[Result]:
        """Takes what is known of it after a file, and hands on the results that are sure by that."""
        if self.is_first and self.orders is not None:
            self._repeat(self.orders)
            self.orders = None if stand == "changed" else self.orders
        if stand == "same":
            for orders, results in self._held:
                yield from results
                self._repeat(orders)
            self._held.clear()
        self.is_first = stand == "same"

    def failed(self, problem: Problem) -> Iterator[Result]:
        """The results that will not come any more."""
        yield from (Result(entry.name, problem) for entry in self._owed)
        self.orders = None

    def undone(self) -> list[Orders]:
        """What somebody else has to do."""
        if self.is_first:
            return [self.orders] if self.orders is not None else []
        return [orders for orders, _ in self._held]

    @property
    def deadline(self) -> float | None:
        """When it should have said something."""
        return self._last + self._timeout + ends.GRACE if self._timeout else None

    def is_overdue(self) -> bool:
        """Whether it has not, and will not."""
        return self.deadline is not None and time.monotonic() > self.deadline

    def stopped(self) -> Problem:
        """Ends it, and tells why."""
        self.end()
        return Problem(ends.overdue(self._timeout), self._places())

    def ended(self) -> Problem:
        """Tells how it ended by itself."""
        self._process.join()
        code = self._process.exitcode or 0
        return Problem(ends.how(code), self._places(), ends.hint(code))

    def leave(self) -> None:
        """It has nothing more to do."""
        self.connection.close()

    def end(self) -> None:
        """Ends it and all that it has started."""
        with contextlib.suppress(OSError):
            if self._process.is_alive() and self._process.pid is not None and hasattr(os, "killpg"):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()
        self._process.join()

    def _places(self) -> tuple[str, ...]:
        """Where in the user's code it was, and what that said last."""
        if self.orders is None:
            return ()
        return (*work.fault_places(self.orders), *_said(self.orders)[-LAST_WORDS:])

    def _repeat(self, orders: Orders) -> None:
        """Shows what the user's code has printed."""
        said = _said(orders)
        if said:
            self._console.note("\n".join(said))


def _said(orders: Orders) -> list[str]:
    file = Path(orders.said)
    return file.read_text(encoding="utf-8", errors="replace").splitlines() if file.exists() else []


class Crew:
    """Makes processes: from one that has loaded what most of them need, where there is such a way."""

    _new: Callable[..., BaseProcess]
    _variables: Mapping[str, str]

    def __init__(self, orders: Sequence[Orders], console: Console) -> None:
        self._console = console
        wanted = [targets.parse(entry.request.target) for each in orders for entry in each.entries[:1]]
        modules = ["graphviz_torch.api", work.__name__]
        # Without a module specification, what started this program is run again in each process.
        modules += ["torchviz_cli.app"] if getattr(sys.modules["__main__"], "__spec__", None) is None else []
        modules += [] if all(target.is_graph for target in wanted) else [warm.TRACING]
        names = shared.imports(Path(target.locator) for target in wanted if target.is_file)
        drawn = [each for each in orders if each.mode != "check"]
        formats = {artefact.format for each in drawn for entry in each.entries for artefact in entry.artefacts}
        self._to_load: warm.ToLoad = (modules, names, sorted(formats))
        self.share_nothing()
        if "forkserver" in multiprocessing.get_all_start_methods():
            self._share()

    def hired(self, several: bool, orders: Orders, timeout: float) -> Hand:
        """A new process, with something to do.

        Args:
            several: whether it will be given more than that.
            timeout: seconds that loading and running may take; 0 for no limit.
        """
        mine, theirs = multiprocessing.Pipe()
        process = self._new(target=work.main, args=(theirs, several, self._to_load))
        with _environment(self._variables):
            process.start()
        theirs.close()
        hand = Hand(process, mine, several, timeout, self._console)
        hand.told(orders)
        return hand

    def share_nothing(self) -> None:
        """From now on processes part from no other."""
        self._new = multiprocessing.get_context("spawn").Process
        self._variables = SAME_ORDER

    def _share(self) -> None:
        """Has processes part from one that has loaded what several files import; the first of them starts it."""
        found = multiprocessing.get_context("forkserver")
        found.set_forkserver_preload([warm.__name__])
        self._new = found.Process
        self._variables = {**SAME_ORDER, warm.VARIABLE: json.dumps(self._to_load)}


@contextlib.contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Variables of the environment for what is started within the block."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
