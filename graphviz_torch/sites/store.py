"""Graphs and pictures of comparisons, each made once by a process of the command line and kept until a file changes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from graphviz_torch.sites.wish import Wish
from graphviz_torch.version import __version__

DONE, RAISED = 0, 3
DIGITS = 32
Colours = tuple[tuple[str, str], ...]
CHILD = "graphviz_torch.sites.child"


@dataclass(frozen=True, slots=True)
class Made:
    """What a process has made.

    Attributes:
        path: the graph or the picture; `None` where there is none.
        problem: what went wrong, one line and what belongs to it below; empty where nothing did.
        raised: whether that was the model, so that what is there shows where.
        files: what it was made from.
    """

    path: Path | None
    problem: str = ""
    raised: bool = False
    files: tuple[str, ...] = ()


class Store:
    """A folder of what was made. Several processes may use it at a time: files appear whole or not at all."""

    def __init__(self, folder: Path, timeout: float = 0.0) -> None:
        self._folder = folder
        self._timeout = timeout

    def graph(self, wish: Wish, folder: Path) -> Made:
        """The graph of a model.

        Args:
            folder: where the target and the files of inputs count from.
        """
        return self._made(["render", wish.target, *_common(wish)], folder, "json")

    def comparison(self, wish: Wish, folder: Path, new: Path, format: str, theme: str, colours: Colours) -> Made:
        """The picture of a comparison.

        Args:
            new: the graph of the model as it is now.
            colours: of a theme of the project, whose name says nothing of them.
        """
        plain = ":" not in wish.against and not wish.against.endswith(".json")
        sides = [wish.target, "--against", wish.against] if plain else [wish.against, wish.target]
        arguments = ["diff", *sides, *_common(wish), *_view(wish), "--theme", theme]
        old = _references(folder) if plain else _digest(folder / wish.against)
        # Of an older version that lies among the files as they are now nobody says what it was made from.
        return self._made(arguments, folder, format, (_digest(new), old, json.dumps(colours)), keep=bool(old))

    def _made(
        self, arguments: list[str], folder: Path, format: str, state: Sequence[str] = (), *, keep: bool = True
    ) -> Made:
        told = json.dumps([__version__, sys.version, _packages(), str(folder), arguments, *state])
        key = sha256(told.encode()).hexdigest()[:DIGITS]
        return (self._kept(key, format) if keep else None) or self._run(key, arguments, folder, format)

    def _kept(self, key: str, format: str) -> Made | None:
        """What was made before, where no file that it was made from has changed."""
        try:
            said = json.loads((self._folder / f"{key}.made").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        path = self._folder / f"{key}.{format}"
        if not path.is_file() or any(_digest(Path(name)) != digest for name, digest in said["files"].items()):
            return None
        return Made(path, said["problem"], said["raised"], tuple(said["files"]))

    def _run(self, key: str, arguments: list[str], folder: Path, format: str) -> Made:
        self._folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self._folder) as scratch:
            names, output = Path(scratch, "names"), Path(scratch, f"made.{format}")
            code, said = self._call([str(names), *arguments, "-q", "-o", str(output)], folder)
            files = tuple(json.loads(names.read_text(encoding="utf-8"))) if names.is_file() else ()
            problem = "" if code == DONE else _problem(said) or f"the process that ran it ended with status {code}"
            if code not in (DONE, RAISED) or not output.is_file():
                return Made(None, problem, files=files)
            path = self._folder / f"{key}.{format}"
            os.replace(output, path)
            record = {"files": {name: _digest(Path(name)) for name in files}}
            names.write_text(json.dumps({**record, "problem": problem, "raised": code == RAISED}), encoding="utf-8")
            os.replace(names, self._folder / f"{key}.made")
        return Made(path, problem, code == RAISED, files)

    def _call(self, arguments: list[str], folder: Path) -> tuple[int, str]:
        """Exit code and what was said."""
        roots = os.pathsep.join(os.path.abspath(place) for place in sys.path)
        limit = ["--timeout", str(self._timeout)] if self._timeout else []
        done = subprocess.run(
            [sys.executable, "-m", CHILD, *arguments, *limit], cwd=folder, capture_output=True,
            stdin=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": roots, "PYTHONIOENCODING": "utf-8"}, check=False,
        )  # fmt: skip
        return done.returncode, done.stderr.decode("utf-8", "replace")


def _common(wish: Wish) -> list[str]:
    """The options that say what is run."""
    inputs = [word for text in wish.inputs for word in ("-i", text)]
    arguments = [word for text in wish.arguments for word in ("--arg", text)]
    tracer = ["--tracer", wish.tracer] if wish.tracer else []
    return [*inputs, *arguments, *tracer, *(["--train"] if wish.train else []), "--seed", str(wish.seed)]


def _view(wish: Wish) -> list[str]:
    """The options that say what is shown."""
    found = ["--depth", str(wish.depth), "--direction", wish.direction]
    return [*found, *([] if wish.fold else ["--no-fold"]), *(["--focus", wish.focus] if wish.focus else [])]


def _problem(said: str) -> str:
    """The error among what a process said, without what the user's code printed before."""
    _, mark, problem = f"\n{said}".rpartition("\nerror: ")
    return problem.strip() if mark else said.strip()


def _digest(path: Path) -> str:
    """Of what is in a file; empty where there is none."""
    try:
        return sha256(path.read_bytes()).hexdigest()[:DIGITS]
    except (OSError, ValueError):
        return ""


def _packages() -> str:
    """A word for the installed packages and their versions."""
    names = sorted({name for place in sys.path for name in _listed(place) if name.endswith(".dist-info")})
    return sha256("\n".join(names).encode()).hexdigest()[:DIGITS]


def _listed(place: str) -> list[str]:
    try:
        return os.listdir(place or ".")
    except OSError:
        return []


def _references(folder: Path) -> str:
    """What every name of a revision stands for now; empty where nobody can say."""
    try:
        done = subprocess.run(["git", "show-ref", "--head"], cwd=folder, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout
