"""What several files begin by importing from installed packages, read from their text and not by running them.

It is loaded once, before the processes part. Only what stands first counts: where a file does anything else before an
import, such as setting a variable of the environment, that import may depend on it, and is left to the file.
"""

from __future__ import annotations

import ast
import functools
import sys
import sysconfig
from collections import Counter
from collections.abc import Iterable, Iterator
from importlib.machinery import PathFinder
from pathlib import Path

# A module, and a name that is taken from it or nothing.
Import = tuple[str, str]


def imports(files: Iterable[Path]) -> tuple[Import, ...]:
    """What at least two of some Python files begin by importing, in the order of the first of them."""
    found = [dict.fromkeys(_first(file)) for file in files]
    counts = Counter(each for own in found for each in own)
    return tuple(each for each in dict.fromkeys(each for own in found for each in own) if counts[each] > 1)


def _first(file: Path) -> Iterator[Import]:
    """What a file imports from installed packages before it does anything else."""
    try:
        body = ast.parse(file.read_bytes()).body
    except (OSError, SyntaxError, ValueError):
        return
    for number, statement in enumerate(body):
        if number == 0 and isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            continue
        wanted = list(_wanted(statement))
        names = [name.partition(".")[0] for name, _ in wanted]
        if not wanted or not all(name in sys.stdlib_module_names or _is_installed(name, file.parent) for name in names):
            return
        yield from (each for each, name in zip(wanted, names, strict=True) if name not in sys.stdlib_module_names)


def _wanted(statement: ast.stmt) -> Iterator[Import]:
    if isinstance(statement, ast.Import):
        yield from ((alias.name, "") for alias in statement.names)
    elif isinstance(statement, ast.ImportFrom) and statement.module and not statement.level:
        yield from ((statement.module, alias.name) for alias in statement.names if alias.name != "*")


@functools.lru_cache
def _is_installed(name: str, folder: Path) -> bool:
    """Whether a package comes from where packages are installed, and not from the project."""
    spec = PathFinder.find_spec(name, [str(folder), *(place or "." for place in sys.path)])
    origin = Path(spec.origin).resolve() if spec is not None and spec.origin else None
    places = (Path(sysconfig.get_path(place)).resolve() for place in ("purelib", "platlib"))
    return origin is not None and any(map(origin.is_relative_to, places))
