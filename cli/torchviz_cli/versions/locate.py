"""Where a side's files are: the folder that it runs in, and the target as it is spelled from there."""

from __future__ import annotations

import difflib
import os
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from graphviz_torch.errors import TargetError
from graphviz_torch.trace import targets
from torchviz_cli.versions.repository import SHORT, Repository, discover, former_name, holds, listing, resolve
from torchviz_cli.versions.sides import Side

SHOWN = 6


@dataclass(frozen=True, slots=True)
class Place:
    """A revision's side, found in its repository.

    Attributes:
        path: the file in the commit; empty for a dotted module.
        inside: the current folder, from the root of the repository.
        rest: what follows the file in the target: `:build(3)`.
    """

    repository: Repository
    commit: str
    path: str
    inside: str
    rest: str

    def spelled(self, folder: str) -> str:
        """The target, as seen from a folder of the tree."""
        if not self.path:
            return self.rest
        return os.path.relpath(self.path, folder or ".").replace(os.sep, "/") + self.rest


def locate(side: Side, new: Side) -> Place:
    """Finds the commit and the file of a side with a revision.

    Args:
        new: the other side, for a line to type.

    Raises:
        TargetError: no repository, no such revision, or the file is not in it.
    """
    assert side.revision is not None
    target = targets.parse(side.target)
    here = Path.cwd()
    path = Path(target.locator) if target.is_file or target.is_graph else None
    start = path.absolute().parent if path is not None and side.from_here else here
    repository = discover(start if start.is_dir() else here)
    commit = resolve(repository, side.revision)
    inside = _inside(repository, here)
    if path is None:
        return Place(repository, commit, "", inside, side.target)
    found = _in_commit(repository, side, path, inside)
    if not holds(repository, commit, found):
        raise _absent(repository, side, new, commit, found, inside)
    return Place(repository, commit, found, inside, side.target[len(target.locator) :])


def _inside(repository: Repository, folder: Path) -> str:
    """A folder from the root of the repository; empty for the root and outside of it."""
    top = repository.top
    if top is None:
        return ""
    folder, top = folder.resolve(), top.resolve()
    return "" if not folder.is_relative_to(top) or folder == top else folder.relative_to(top).as_posix()


def _in_commit(repository: Repository, side: Side, path: Path, inside: str) -> str:
    """The file as git spells it: from the root, or from the current folder where it starts with `./`."""
    text = path.as_posix()
    if side.from_here or path.is_absolute():
        top = repository.top
        full = Path(os.path.abspath(path))
        full = full.parent.resolve() / full.name
        if top is None or not full.is_relative_to(top.resolve()):
            raise TargetError(
                f"`{text}` is in no working tree, so there is no older version of it",
                hint=f"torchviz-cli diff {side.revision}:{path.name} {path.name}",
            )
        return full.relative_to(top.resolve()).as_posix()
    dotted = side.target.startswith(("./", "../", ".\\", "..\\"))
    return os.path.normpath(PurePosixPath(inside if dotted else "", text)).replace(os.sep, "/")


def _absent(repository: Repository, side: Side, new: Side, commit: str, path: str, inside: str) -> TargetError:
    """What to type where a file is not in a revision: its former name, the path from the root, or a near one."""
    known = listing(repository, commit, (PurePosixPath(path).suffix or ".py",))
    other = f"{inside}/{path}"
    rest = side.target[len(targets.parse(side.target).locator) :]
    former = former_name(repository, commit, path) if repository.top is not None else None
    if former is not None:
        details: tuple[str, ...] = (f"it was called `{former}` there",)
    elif inside and other in known:
        details, former = (f"paths of a revision count from the root of the repository: `{other}`",), other
    else:
        same = [name for name in known if PurePosixPath(name).name == PurePosixPath(path).name]
        near = same or difflib.get_close_matches(path, known, SHOWN, 0.4)
        shown = near or known[:SHOWN]
        details = (f"{'nearest' if near else 'it has'}: {', '.join(shown[:SHOWN])}",) if shown else ()
        former = near[0] if near else None
    where = f"in {side.revision} ({commit[:SHORT]})"
    if side.from_here and not targets.exists(targets.parse(side.target).locator):
        hint = f"torchviz-cli diff {former}{rest}" if former else None
        return TargetError(f"there is no `{path}`, neither here nor {where}", details=details, hint=hint)
    hint = f"torchviz-cli diff {side.revision}:{former}{rest} {new.text}" if former else None
    return TargetError(f"there is no `{path}` {where}", details=details, hint=hint)
