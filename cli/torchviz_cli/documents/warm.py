"""Loads what several files need, in the process that those of the files part from, when it is imported there."""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import sys
import threading
from collections.abc import Sequence

from torchviz_cli.documents import heap

VARIABLE = "TORCHVIZ_CLI_TO_LOAD"
# Loaded where models run, and not saved graphs alone; what a first trace does is done with it.
TRACING = "graphviz_torch.trace.first"
# Modules, names of modules, and the formats that will be drawn.
ToLoad = tuple[Sequence[str], Sequence[Sequence[str]], Sequence[str]]


def is_whole() -> bool:
    """Whether a process that parted from this one has all that was loaded: threads and devices stay behind."""
    return not _LEFT_BEHIND


def inherited() -> Sequence[object]:
    """The objects that were there when this process parted from another; empty where it did not."""
    return _OBJECTS


def load(wanted: ToLoad) -> None:
    """Loads modules, and then names of modules; what cannot be loaded of these is told by the file that wants it."""
    modules, names, formats = wanted
    gc.disable()  # there is next to no garbage, and a third of the time would go into looking for it
    for module in modules:
        importlib.import_module(module)
    for module, name in names:
        with contextlib.suppress(Exception):
            found = importlib.import_module(module)
            if name:
                getattr(found, name)
    if TRACING in modules:
        importlib.import_module("torchviz_cli.graphs").without_a_word_on_numpy()
        graph = importlib.import_module(TRACING).run()
        for format in formats:
            with contextlib.suppress(Exception):
                importlib.import_module("graphviz_torch.api").render(graph, format)
    gc.enable()


def threads() -> int:
    """How many there are, also those that Python does not know of."""
    try:
        return len(os.listdir("/proc/self/task"))
    except OSError:
        return threading.active_count()


def _leaves_something_behind(before: int) -> bool:
    torch = sys.modules.get("torch")
    return threads() > before or (torch is not None and torch.cuda.is_initialized())


def _loaded(wanted: str | None) -> tuple[bool, Sequence[object]]:
    """Carries out the order of the process that started this one, if there is one."""
    if wanted is None:
        return False, ()
    before = threads()
    load(json.loads(wanted))
    objects = heap.objects()
    # Each process would walk, and so copy, all that is loaded here.
    gc.freeze()
    return _leaves_something_behind(before), objects


_LEFT_BEHIND, _OBJECTS = _loaded(os.environ.pop(VARIABLE, None))
