"""Cells of notebooks: code whose file nobody has seen is named as the notebook names the cell."""

from __future__ import annotations

import linecache
import sys
from collections.abc import Callable


def name(file: str) -> str | None:
    """`In[3]` for the file that the third cell was run as; `None` for what is no cell."""
    named = _namer()
    found = named(file) if named is not None else None
    return found[1] if found else None


def file(cell: str) -> str | None:
    """The file that a cell was run as, the newest where there are several; `None` outside notebooks."""
    if _namer() is None or not cell.startswith("In"):
        return None
    return next((known for known in reversed(list(linecache.cache)) if name(known) == cell), None)


def _namer() -> Callable[[str], tuple[str, str] | None] | None:
    """What IPython itself names cells with in tracebacks; `None` where it does not run."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return getattr(getattr(shell, "compile", None), "format_code_name", None)
