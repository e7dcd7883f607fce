"""Pauses Python's cycle collector while very many objects are made that hold no cycles."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

WORTH_AGEING = 10_000


@contextmanager
def collector_paused() -> Iterator[None]:
    """Without it large graphs take half the time: the collector looks through all objects whenever many were added.

    What was made meanwhile counts as old, so that it is not looked through as soon as the collector runs again.
    """
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            _age()
            gc.enable()


def _age() -> None:
    # A few objects are looked through in less time than it takes to count those that are kept from the collector.
    if gc.get_count()[0] < WORTH_AGEING:
        return
    if gc.get_freeze_count() == 0:  # else somebody keeps objects from the collector, which is not ours to undo
        gc.freeze()
        gc.unfreeze()
