"""Runs the processes of a build, a few at a time; each takes file after file for as long as they leave no trace."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from multiprocessing.connection import Connection, wait

from torchviz_cli.console import Console
from torchviz_cli.documents.crew import Crew, Hand
from torchviz_cli.documents.entries import Entry
from torchviz_cli.documents.turns import Stand
from torchviz_cli.documents.work import Mode, Orders, Problem, Result
from torchviz_cli.versions.scratch import scratch


def run(entries: Sequence[Entry], mode: Mode, jobs: int, timeout: float, console: Console) -> Iterator[Result]:
    """The result of each entry, as they come.

    Args:
        jobs: how many processes there are at a time at most.
        timeout: seconds that loading and running may take; 0 for no limit.
    """
    timed = [replace(entry, request=replace(entry.request, timeout=timeout)) for entry in entries]
    with scratch() as folder:
        orders = [Orders(group, str(folder / str(number)), mode) for number, group in enumerate(_groups(timed))]
        yield from _Pool(orders, jobs, timeout, console).results()


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
    """The processes that run, and the files that wait for one.

    Once a process was found changed after several files, each of the others has a process of its own: the files of a
    project are much alike.
    """

    def __init__(self, orders: Sequence[Orders], jobs: int, timeout: float, console: Console) -> None:
        self._waiting = deque(orders)
        self._jobs = jobs
        self._timeout = timeout
        self._in_turn = True
        self._running: dict[Connection, Hand] = {}
        self._crew = Crew(orders, console)

    def results(self) -> Iterator[Result]:
        """What comes back, until nothing is owed."""
        try:
            while self._waiting or self._running:
                while self._waiting and len(self._running) < self._jobs:
                    self._start()
                for connection in wait(list(self._running), self._patience()):
                    yield from self._received(self._running[connection])  # type: ignore[index]
                for hand in [hand for hand in self._running.values() if hand.is_overdue()]:
                    yield from self._gone(hand, hand.stopped())
        finally:
            for hand in self._running.values():
                hand.end()

    def _start(self) -> None:
        several = self._in_turn and len(self._waiting) > 1
        hand = self._crew.hired(several, self._waiting.popleft(), self._timeout)
        self._running[hand.connection] = hand

    def _patience(self) -> float | None:
        """Seconds until somebody is overdue."""
        deadlines = [hand.deadline for hand in self._running.values() if hand.deadline is not None]
        return max(min(deadlines) - time.monotonic(), 0.0) if deadlines else None

    def _received(self, hand: Hand) -> Iterator[Result]:
        try:
            message = hand.heard()
        except (EOFError, OSError):
            yield from self._gone(hand, hand.ended())
            return
        if message is None:
            self._crew.share_nothing()
            self._dismiss(hand)
        elif isinstance(message, Result):
            yield from hand.owes_less(message)
        else:
            yield from hand.stands(message)
            self._after_a_turn(hand, message)

    def _after_a_turn(self, hand: Hand, stand: Stand) -> None:
        """Gives a process its next file, or lets it go."""
        if stand == "changed":
            self._in_turn = self._in_turn and not hand.several
        if stand != "changed" and hand.orders is not None:
            hand.told(self._waiting.popleft() if self._waiting else None)
            if hand.orders is not None or stand == "unseen":
                return
        self._dismiss(hand)

    def _gone(self, hand: Hand, problem: Problem) -> Iterator[Result]:
        """A process ended before it was done; only what it ran when nothing else had run in it is to blame for sure."""
        if hand.is_first:
            yield from hand.failed(problem)
        self._in_turn = False
        self._dismiss(hand)

    def _dismiss(self, hand: Hand) -> None:
        """What a process has not done for sure, others do."""
        del self._running[hand.connection]
        self._waiting.extendleft(reversed(hand.undone()))
        hand.leave()
