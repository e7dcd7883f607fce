"""The files of a revision in a folder of their own, by an index of their own.

`git worktree` would leave an entry in the repository where the process is killed, and run the user's hooks; reading the
tree into a private index and writing its files elsewhere leaves no trace, whatever happens.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

from graphviz_torch.errors import TargetError
from torchviz_cli.versions.repository import SHORT, Repository, ask, discover, first_line, git

SUBMODULE = "160000"


def write_tree(repository: Repository, commit: str, folder: Path) -> tuple[str, ...]:
    """Writes the files of a commit, those of its submodules too, into `folder`.

    Returns:
        What the reader should know: submodules whose commit is not here.

    Raises:
        TargetError: git cannot read the commit, or the disk is full.
    """
    notes: list[str] = []
    todo = [(repository, commit, folder, "")]
    for held, wanted, place, name in todo:
        _write(held, wanted, place)
        for path, linked in _submodules(held, wanted):
            inner = _checked_out(held, path, linked)
            if inner is None:
                notes.append(f"the submodule `{name}{path}` is not here at {linked[:SHORT]}; its folder is empty")
            else:
                todo.append((inner, linked, place / path, f"{name}{path}/"))
    return tuple(notes)


def _write(repository: Repository, commit: str, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    index = folder.parent / f"{folder.name}.index"
    private = {
        "GIT_DIR": str(repository.git_dir),
        "GIT_WORK_TREE": str(folder),
        "GIT_INDEX_FILE": str(index),
    }
    try:
        git("read-tree", commit, folder=folder, environment=private)
        git("checkout-index", "--all", "--force", "--quiet", folder=folder, environment=private)
    except subprocess.CalledProcessError as error:
        raise TargetError(f"git cannot write the files of {commit[:SHORT]}", details=(first_line(error),)) from None
    finally:
        index.unlink(missing_ok=True)


def _submodules(repository: Repository, commit: str) -> Iterator[tuple[str, str]]:
    """Path and commit of each submodule."""
    for line in ask(repository, "ls-tree", "-r", "-z", "--full-tree", commit).split("\0"):
        about, _, path = line.partition("\t")
        if about.startswith(SUBMODULE):
            yield path, about.split()[2]


def _checked_out(repository: Repository, path: str, commit: str) -> Repository | None:
    """The repository of a submodule, where it is here and has the commit."""
    if repository.top is None or not (repository.top / path / ".git").exists():
        return None
    try:
        found = discover(repository.top / path)
        ask(found, "cat-file", "-e", f"{commit}^{{commit}}")
    except (TargetError, subprocess.CalledProcessError):
        return None
    return found
