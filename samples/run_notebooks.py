"""Runs the notebooks of `samples/notebooks` and keeps what they show: `python samples/run_notebooks.py [--check]`.

`--check` writes nothing, and fails where a notebook shows something else by now.
"""

from __future__ import annotations

import copy
import os
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

FOLDER = Path(__file__).parent / "notebooks"
ROOT = FOLDER.parents[1]
LIMIT = 120


def notebooks() -> list[Path]:
    """All of them."""
    return sorted(FOLDER.glob("*.ipynb"))


def read(path: Path) -> NotebookNode:
    """A notebook as it is kept."""
    return nbformat.read(path, as_version=4)


def executed(kept: NotebookNode) -> NotebookNode:
    """The notebook run from its first cell to its last, by a kernel of its own, without the times of the run."""
    notebook = copy.deepcopy(kept)
    paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths)), "OMP_NUM_THREADS": "1"}
    NotebookClient(notebook, timeout=LIMIT, record_timing=False).execute(cwd=str(FOLDER), env=environment)
    notebook.metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number}"
        cell.metadata = {}
    return notebook


def text(notebook: NotebookNode) -> str:
    """The notebook as a file."""
    return nbformat.writes(notebook) + "\n"


def main() -> int:
    """Runs them all."""
    stale = False
    for path in notebooks():
        kept = read(path)
        now = text(executed(kept))
        if now == path.read_text(encoding="utf-8"):
            continue
        if "--check" in sys.argv[1:]:
            sys.stderr.write(f"stale: {path.name}; run python samples/run_notebooks.py\n")
            stale = True
        else:
            path.write_text(now, encoding="utf-8")
            sys.stdout.write(f"{path.name}\n")
    return int(stale)


if __name__ == "__main__":
    sys.exit(main())
