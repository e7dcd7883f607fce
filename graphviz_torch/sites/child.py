"""The command line in a process of its own, which also leaves the names of the files that the model was made from."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import runpy
import sys
import sysconfig
from pathlib import Path
from typing import Any

OURS = Path(__file__).resolve().parent.parent
SYSTEM = ("/proc", "/sys", "/dev", "/etc", "/usr")
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def main(names: str, arguments: list[str]) -> None:
    """Runs the command line with some arguments, and writes what files it read to the file `names`."""
    opened: set[str] = set()
    sys.addaudithook(_noting(opened))
    sys.argv[:] = ["torchviz-cli", *arguments]
    try:
        runpy.run_module("torchviz_cli", run_name="__main__")
    finally:
        places = _installed()
        files = sorted(path for path in set(map(_source, opened)) if _counts(path, places))
        Path(names).write_text(json.dumps(files), encoding="utf-8")


def _noting(opened: set[str]) -> Any:
    def note(event: str, details: tuple[Any, ...]) -> None:
        if event == "open" and isinstance(details[0], str) and not (details[2] or 0) & WRITES:
            opened.add(os.path.abspath(details[0]))

    return note


def _source(path: str) -> str:
    """The file that a compiled one is of."""
    if path.endswith(".pyc"):
        with contextlib.suppress(ValueError):
            return importlib.util.source_from_cache(path)
    return path


def _counts(path: str, installed: tuple[Path, ...]) -> bool:
    """Whether a file is of the user's project: neither of the system, nor of an installed package, nor ours."""
    file = Path(path).resolve()
    return file.is_file() and not any(map(file.is_relative_to, installed))


def _installed() -> tuple[Path, ...]:
    found = (sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib"))
    command = importlib.util.find_spec("torchviz_cli")
    own = (command.submodule_search_locations or ()) if command is not None else ()
    return OURS, *(Path(place).resolve() for place in (*SYSTEM, *found, *own))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
