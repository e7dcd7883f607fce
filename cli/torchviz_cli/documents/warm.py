"""Loads what several files import, in the process that those of the files part from, when it is imported there."""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import sys
import threading

VARIABLE = "TORCHVIZ_CLI_SHARED_IMPORTS"


def is_whole() -> bool:
    """Whether a process that parted from this one has all that was loaded: threads and devices stay behind."""
    return not _LEFT_BEHIND


def _load(wanted: list[list[str]]) -> bool:
    """Loads modules, and says whether something would be left behind; what cannot be loaded is told by its file."""
    before = _threads()
    for module, name in wanted:
        with contextlib.suppress(Exception):
            found = importlib.import_module(module)
            if name:
                getattr(found, name)
    # Each process would walk, and so copy, all that is loaded here.
    gc.collect()
    gc.freeze()
    torch = sys.modules.get("torch")
    return _threads() > before or (torch is not None and torch.cuda.is_initialized())


def _threads() -> int:
    try:
        return len(os.listdir("/proc/self/task"))
    except OSError:
        return threading.active_count()


_LEFT_BEHIND = VARIABLE in os.environ and _load(json.loads(os.environ.pop(VARIABLE)))
