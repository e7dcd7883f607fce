"""What is asked of git: only questions, so that nothing in the user's repository can change."""

from __future__ import annotations

import difflib
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from graphviz_torch.errors import TargetError

# A hook of git sets these for the repository it runs in; the target's own folder decides instead.
INHERITED = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR")
# No hook, no daemon, no shared index file, no lock on the index, no download of large files, no question; and Windows
# is to take paths of any length.
SETTINGS = (
    f"core.hooksPath={os.devnull}",
    "core.fsmonitor=false",
    "core.splitIndex=false",
    "core.untrackedCache=false",
    "core.sparseCheckout=false",
    "core.longPaths=true",
)
ENVIRONMENT = {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "GIT_LFS_SKIP_SMUDGE": "1", "LC_ALL": "C"}
NEAREST = 8
SHORT = 9


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository, seen from a folder in it.

    Attributes:
        git_dir: where git keeps its data.
        top: the root of the working tree; `None` in a bare repository.
        shallow: whether the history ends early.
    """

    git_dir: Path
    top: Path | None
    shallow: bool


def git(*arguments: str, folder: Path, environment: Mapping[str, str] | None = None) -> str:
    """What git says.

    Raises:
        TargetError: git is not installed.
        subprocess.CalledProcessError: git refuses.
    """
    variables = {name: value for name, value in os.environ.items() if name not in INHERITED}
    settings = [part for setting in SETTINGS for part in ("-c", setting)]
    try:
        done = subprocess.run(
            ["git", *settings, *arguments],
            cwd=folder,
            env={**variables, **ENVIRONMENT, **(environment or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
        )
    except FileNotFoundError:
        raise TargetError(
            "a revision was asked for, but git is not installed", hint="torchviz-cli diff OLD.json NEW.json needs none"
        ) from None
    return done.stdout.decode("utf-8", "surrogateescape")


def ask(repository: Repository, *arguments: str) -> str:
    """What git says of a repository, without a working tree."""
    return git(f"--git-dir={repository.git_dir}", *arguments, folder=repository.git_dir)


def discover(folder: Path) -> Repository:
    """The repository that a folder is in.

    Raises:
        TargetError: there is none, or git refuses to read it.
    """
    try:
        lines = git("rev-parse", "--absolute-git-dir", "--is-bare-repository", folder=folder).splitlines()
        top = None if lines[1] == "true" else _top(folder)
        # Asked apart from the rest: the first line of an older git without this question is the question itself.
        shallow = git("rev-parse", "--is-shallow-repository", folder=folder).strip() == "true"
    except subprocess.CalledProcessError as error:
        raise _no_repository(folder, error) from None
    return Repository(Path(lines[0]), top, shallow)


def _top(folder: Path) -> Path | None:
    try:
        found = git("rev-parse", "--show-toplevel", folder=folder).rstrip("\r\n")
    except subprocess.CalledProcessError:  # inside the `.git` folder
        return None
    return Path(found) if found else None


def _no_repository(folder: Path, error: subprocess.CalledProcessError) -> TargetError:
    said = first_line(error)
    if "not a git repository" in said:
        return TargetError(
            f"a revision was asked for, but `{folder.name or folder}` is in no git repository",
            hint="torchviz-cli diff OLD.py:build NEW.py:build compares two files",
        )
    return TargetError("git cannot read the repository", details=(said,))


def first_line(error: subprocess.CalledProcessError) -> str:
    """The first line of what git complained of."""
    said = error.stderr.decode("utf-8", "replace").strip().splitlines() if error.stderr else []
    return said[0] if said else f"git ended with status {error.returncode}"


def resolve(repository: Repository, revision: str) -> str:
    """The commit of a revision; `A...B` is the merge base of the two, and HEAD stands for one that is left out.

    Raises:
        TargetError: there is no such revision, or there is no merge base.
    """
    left, dots, right = revision.partition("...")
    if not dots:
        return _commit(repository, revision)
    ends = [_commit(repository, left or "HEAD"), _commit(repository, right or "HEAD")]
    try:
        return ask(repository, "merge-base", *ends).split()[0]
    except subprocess.CalledProcessError:
        raise TargetError(
            f"{left or 'HEAD'} and {right or 'HEAD'} have no common commit",
            details=_shallow_words(repository),
            hint=_deeper(repository) or f"--against {left or 'HEAD'}",
        ) from None


def _commit(repository: Repository, revision: str) -> str:
    try:
        if revision.startswith("-"):
            raise _unknown(repository, revision)
        return ask(repository, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}").strip()
    except subprocess.CalledProcessError:
        raise _unknown(repository, revision) from None


def _unknown(repository: Repository, revision: str) -> TargetError:
    names = _names(repository)
    remote = next((name for name in names if name.endswith(f"/{revision}")), None)
    near = difflib.get_close_matches(revision, names, NEAREST, 0.5)
    shown = [remote] if remote else near or names[:NEAREST]
    label = "there is" if remote else "nearest" if near else "there are"
    details = (f"{label}: {', '.join(shown)}",) if shown else ("it has no commit yet",)
    return TargetError(
        f"there is no revision `{revision}` in this repository",
        details=(*details, *_shallow_words(repository)),
        hint=_deeper(repository) or (f"--against {shown[0]}" if shown else None),
    )


def _names(repository: Repository) -> list[str]:
    """Branches and tags, local ones first."""
    try:
        return ask(
            repository, "for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/remotes", "refs/tags"
        ).split()
    except subprocess.CalledProcessError:
        return []


def _shallow_words(repository: Repository) -> tuple[str, ...]:
    if not repository.shallow:
        return ()
    return ("this clone is shallow: older commits and other branches are not in it",)


def _deeper(repository: Repository) -> str | None:
    if not repository.shallow:
        return None
    return "git fetch --unshallow, or in GitHub Actions `fetch-depth: 0` under actions/checkout"


def holds(repository: Repository, commit: str, path: str) -> bool:
    """Whether a commit has a file or folder."""
    try:
        ask(repository, "cat-file", "-e", f"{commit}:{path}")
    except subprocess.CalledProcessError:
        return False
    return True


def listing(repository: Repository, commit: str, suffixes: Sequence[str]) -> list[str]:
    """The files of a commit with one of these endings."""
    names = ask(repository, "ls-tree", "-r", "-z", "--name-only", "--full-tree", commit).split("\0")
    return [name for name in names if name.endswith(tuple(suffixes))]


def content(repository: Repository, commit: str, path: str) -> str:
    """A file of a commit, as text."""
    return ask(repository, "cat-file", "blob", f"{commit}:{path}")


def former_name(repository: Repository, commit: str, path: str) -> str | None:
    """What a file of today was called in a commit, where git finds that it was renamed."""
    found = _renames(repository, commit)
    return found.get(path)


def _renames(repository: Repository, commit: str) -> dict[str, str]:
    try:
        said = ask(repository, "diff", "--find-renames", "--diff-filter=R", "--name-status", "-z", commit, "HEAD")
    except subprocess.CalledProcessError:
        return {}
    parts = said.split("\0")
    return {parts[place + 2]: parts[place + 1] for place in range(0, len(parts) - 2, 3)}


def is_clean(repository: Repository, commit: str) -> bool:
    """Whether the working tree holds, of all that git follows, exactly what a commit does."""
    if repository.top is None:
        return False
    try:
        git("diff", "--quiet", "--no-ext-diff", commit, "--", folder=repository.top)
    except subprocess.CalledProcessError:
        return False
    return True
