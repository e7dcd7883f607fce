"""From a located target to its module, loaded as the user's own program would load it."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from graphviz_torch.errors import BuildError, TargetError
from graphviz_torch.trace import frames, locating
from graphviz_torch.trace.said import clip, said, shown, user_frames
from graphviz_torch.trace.source import Sources
from graphviz_torch.trace.targets import RENDER, Target, exists

# Of the name of a file, on the systems that there are.
LONGEST_PART = 250


@contextmanager
def importable(roots: Sequence[str]) -> Iterator[None]:
    """Puts folders first on `sys.path` while the block runs."""
    before = list(sys.path)
    sys.path[:0] = [root for root in roots if root not in sys.path[:1]]
    try:
        yield
    finally:
        sys.path[:] = before


@contextmanager
def alone(target: Target) -> Iterator[None]:
    """Hides our own command line from code that reads `sys.argv` when it is loaded."""
    before = list(sys.argv)
    sys.argv[:] = [target.locator]
    try:
        yield
    finally:
        sys.argv[:] = before


def module_of(target: Target, roots: tuple[str, ...]) -> ModuleType:
    """Imports the module of a target.

    Raises:
        TargetError: it is not there, or raises while it loads.
    """
    if target.is_file:
        path = locating.existing(target)
        return _guarded(target, roots, lambda: _import_file(path, Path(roots[0])))
    return _guarded(target, roots, lambda: _import_dotted(target, roots))


def _import_dotted(target: Target, roots: tuple[str, ...]) -> ModuleType:
    if any(len(part) > LONGEST_PART for part in target.locator.split(".")):
        raise _no_module(target, roots)
    try:
        return importlib.import_module(target.locator)
    except ModuleNotFoundError as error:
        # Missing is either the target itself, or something that it imports, which is another matter.
        if not error.name or not (target.locator + ".").startswith(error.name + "."):
            raise
        raise _no_module(target, roots) from error


def _no_module(target: Target, roots: tuple[str, ...]) -> TargetError:
    path = target.locator.replace(".", "/") + ".py"
    parent, _, last = target.locator.rpartition(".")
    if exists(path):
        hint = f"{RENDER} {path}" + (f":{target.object}" if target.object else "")
    elif target.object is None and hasattr(sys.modules.get(parent), last):
        hint = f"{RENDER} {parent}:{last}"
    else:
        hint = "name a file, as in model.py:build, or run from the folder that the package is in"
    looked = ", ".join(dict.fromkeys(shown(root) for root in roots))
    return TargetError(
        f"there is no module `{clip(target.locator)}`",
        details=(f"looked in: {looked} and the installed packages",),
        hint=hint,
    )


def _import_file(path: Path, package_root: Path) -> ModuleType:
    if path.parent != package_root:
        return _import_from_package(path, package_root)
    # A file called like a loaded module must not become that module for everybody else.
    taken = path.stem in sys.modules or path.stem in sys.stdlib_module_names
    name = f"target_{path.stem}" if taken and not _is_same(path.stem, path) else path.stem
    if name in sys.modules and _is_same(name, path):
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise TargetError(f"`{shown(str(path))}` is no Python file", hint="a target ends in .py or .json")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        sys.modules.pop(name, None)
        raise
    return module


def _import_from_package(path: Path, package_root: Path) -> ModuleType:
    parts = path.relative_to(package_root).with_suffix("").parts
    top = sys.modules.get(parts[0])
    found = [Path(folder) for folder in getattr(top, "__path__", [])]
    if top is not None and package_root / parts[0] not in found:
        raise TargetError(
            f"`{shown(str(path))}` is in a package named `{parts[0]}`, and another module of this name is loaded",
            details=(f"the other is {getattr(top, '__file__', None) or 'built in'}",),
            hint=f"rename the folder `{parts[0]}`, or take its __init__.py away",
        )
    return importlib.import_module(".".join(parts[:-1] if parts[-1] == "__init__" else parts))


def _is_same(name: str, path: Path) -> bool:
    file = getattr(sys.modules.get(name), "__file__", None)
    return file is not None and Path(file) == path


# ---- what goes wrong in the user's file


def _guarded(target: Target, roots: tuple[str, ...], load_module: Callable[[], ModuleType]) -> ModuleType:
    where = shown(target.locator)
    try:
        return load_module()
    except TargetError:
        raise
    except SyntaxError as error:
        raise _invalid(error, where, roots) from error
    except SystemExit as error:
        raise BuildError(
            f"{where} ended the program while it was loaded",
            details=user_frames(error),
            hint='move what should not run on import under `if __name__ == "__main__":`',
            frames=frames.places(error, Sources(roots)),
        ) from error
    except Exception as error:
        raise BuildError(
            f"{where} cannot be imported: {said(error)}",
            details=user_frames(error),
            hint=_missing_package(error),
            frames=frames.places(error, Sources(roots)),
        ) from error


def _invalid(error: SyntaxError, where: str, roots: tuple[str, ...]) -> BuildError:
    file = shown(error.filename) if error.filename else where
    place = f"{file}:{error.lineno}" if error.lineno else file
    text = (error.text or "").rstrip("\n").replace("\t", " ")
    column = max((error.offset or 1) - 1, 0)
    start = max(0, column - 60) if len(text) > 120 else 0
    text, column = text[start : start + 120], column - start
    lines = (place, f"  {text}", "  " + " " * column + "^") if text else (place,)
    told = f"{file} is no valid Python: {error.msg}"
    return BuildError(told, details=lines, frames=frames.places(error, Sources(roots)))


def _missing_package(error: Exception) -> str | None:
    if not isinstance(error, ModuleNotFoundError) or not error.name:
        return None
    name = error.name.partition(".")[0]
    if name in sys.modules:
        return None
    return f"pip install the package that brings `{name}`; if it is a file of yours, add its folder to PYTHONPATH"
