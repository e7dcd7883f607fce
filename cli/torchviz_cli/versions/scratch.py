"""The temporary folder of one run: removed on every way out, and by a later run where this one was killed."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

if os.name == "posix":
    import fcntl

PREFIX = "torchviz-diff-"
LOCK = "owner"


@contextlib.contextmanager
def scratch() -> Iterator[Path]:
    """An empty folder; what killed runs have left behind is removed first."""
    _sweep()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX)).resolve()
    lock = None
    try:
        lock = _claimed(folder)
        yield folder
    finally:
        remove(folder)
        if lock is not None:
            os.close(lock)


def remove(folder: Path) -> None:
    """Removes a folder, with what the user's code has made read-only in it."""
    shutil.rmtree(folder, ignore_errors=True)
    if not folder.exists():
        return
    with contextlib.suppress(OSError):
        os.chmod(folder, 0o700)
    for inside, folders, files in os.walk(folder):
        for path in (Path(inside, name) for name in (*folders, *files)):
            if not path.is_symlink():  # what a link leads to is not ours
                with contextlib.suppress(OSError):
                    os.chmod(path, 0o700)
    shutil.rmtree(folder, ignore_errors=True)


def _claimed(folder: Path) -> int | None:
    """Locks a file in the folder for as long as the process lives; locked before it gets its name."""
    if os.name != "posix":
        return None
    lock = os.open(folder / f"{LOCK}.new", os.O_CREAT | os.O_RDWR, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    os.rename(folder / f"{LOCK}.new", folder / LOCK)
    return lock


def _sweep() -> None:
    """Removes the folders whose owner is gone."""
    if os.name != "posix":
        return
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            _remove_abandoned(folder)


def _remove_abandoned(folder: Path) -> None:
    lock = os.open(folder / LOCK, os.O_RDWR | os.O_NOFOLLOW)
    try:
        if os.fstat(lock).st_uid == os.getuid():
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            remove(folder)
    finally:
        os.close(lock)
