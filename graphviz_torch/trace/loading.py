"""Loading: from a target to a model and the arguments that came with it."""

from __future__ import annotations

import difflib
import importlib
import importlib.util
import inspect
import os
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from torch import nn

from graphviz_torch.errors import TargetError
from graphviz_torch.trace.targets import Target

FACTORIES = ("build", "build_model", "get_model", "make_model", "model")
NEAREST = 12
OURS = str(Path(__file__).parent.parent)
IMPORTLIB = str(Path(importlib.__file__).parent)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model, ready to be called.

    Attributes:
        model: the module.
        args, kwargs: what came with it; `None` where nothing did.
        object: the name of the object that was used.
        roots: folders that must stay importable while the model runs.
    """

    model: nn.Module
    args: tuple[Any, ...] | None
    kwargs: dict[str, Any]
    object: str
    roots: tuple[str, ...]


@contextmanager
def importable(roots: Sequence[str]) -> Iterator[None]:
    """Puts folders first on `sys.path` while the block runs."""
    before = list(sys.path)
    sys.path[:0] = [root for root in roots if root not in sys.path[:1]]
    try:
        yield
    finally:
        sys.path[:] = before


def load(target: Target, seed: int | None = None) -> Loaded:
    """Imports the module of a target and builds its model.

    Args:
        seed: for weights and example inputs that are made at random, so that two runs draw the same picture where
            the way through the model depends on them; the process' own random state is put back.

    Raises:
        TargetError: the file, the module or the object is not there, raises, or is no model.
    """
    roots = _roots(target)
    with importable(roots), torch.random.fork_rng(devices=[], enabled=seed is not None):
        if seed is not None:
            torch.manual_seed(seed)
        module = _import(target, roots)
        name = target.object or _discover(module, target)
        thing = _attribute(module, name, target)
        made = _build(thing, name, target)
        model, args, kwargs = _unpack(made, name, target)
        if args is None:
            args, kwargs = _examples(module, model)
    return Loaded(model, args, kwargs, name, roots)


# ---- finding the module


def _roots(target: Target) -> tuple[str, ...]:
    if not target.is_file:
        return (os.getcwd(),)
    folder = Path(target.locator).resolve().parent
    package_root = folder
    while (package_root / "__init__.py").exists() and package_root != package_root.parent:
        package_root = package_root.parent
    return tuple(dict.fromkeys((str(package_root), str(folder), os.getcwd())))


def _import(target: Target, roots: tuple[str, ...]) -> ModuleType:
    if target.is_file:
        path = _existing(target)
        return _guarded(target, lambda: _import_file(path, Path(roots[0])))
    try:
        found = importlib.util.find_spec(target.locator)
    except (ImportError, ValueError, AttributeError):
        found = None
    if found is None:
        raise TargetError(
            f"there is no module `{target.locator}`",
            details=(f"looked in: {', '.join(_shown(root) for root in roots)} and the installed packages",),
            hint=f"torchviz-cli render {target.locator.replace('.', '/')}.py:{target.object or 'build'}",
        )
    return _guarded(target, lambda: importlib.import_module(target.locator))


def _existing(target: Target) -> Path:
    path = Path(target.locator)
    if path.is_file():
        return path.resolve()
    if path.is_dir():
        raise TargetError(f"`{target.locator}` is a folder", details=_python_files(path), hint="name a file in it")
    near = _python_files(path.parent if path.parent.is_dir() else Path())
    names = [name for line in near for name in line.removeprefix("here are: ").split(", ")]
    close = difflib.get_close_matches(path.name, [Path(name).name for name in names], 1)
    hint = f"did you mean {path.with_name(close[0])}?" if close else None
    raise TargetError(f"there is no file `{_clip(target.locator)}`", details=near, hint=hint)


def _python_files(folder: Path) -> tuple[str, ...]:
    names = sorted(path.name for path in folder.glob("*.py"))[:NEAREST]
    return ("here are: " + ", ".join(names),) if names else ()


def _import_file(path: Path, package_root: Path) -> ModuleType:
    if path.parent != package_root:
        parts = path.relative_to(package_root).with_suffix("").parts
        return importlib.import_module(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    # A file called like a loaded module must not become that module for everybody else.
    taken = path.stem in sys.modules or path.stem in sys.stdlib_module_names
    name = f"target_{path.stem}" if taken and not _is_same(path) else path.stem
    if name in sys.modules and _is_same(path):
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise TargetError(f"`{_shown(str(path))}` is no Python file", hint="a target ends in .py or .json")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        sys.modules.pop(name, None)
        raise
    return module


def _is_same(path: Path) -> bool:
    file = getattr(sys.modules.get(path.stem), "__file__", None)
    return file is not None and Path(file) == path


def _guarded(target: Target, load_module: Any) -> ModuleType:
    where = _shown(target.locator)
    try:
        module: ModuleType = load_module()
        return module
    except TargetError:
        raise
    except SyntaxError as error:
        place = f"{_shown(error.filename or where)}:{error.lineno}"
        text = (error.text or "").rstrip("\n")
        column = max((error.offset or 1) - 1, 0)
        lines = (place, f"  {text}", "  " + " " * column + "^") if text else (place,)
        raise TargetError(f"{where} is no valid Python: {error.msg}", details=lines) from error
    except SystemExit as error:
        raise TargetError(
            f"{where} ended the program while it was loaded",
            details=user_frames(error),
            hint='move what should not run on import under `if __name__ == "__main__":`',
        ) from error
    except Exception as error:
        hint = f"pip install {error.name}" if isinstance(error, ModuleNotFoundError) and error.name else None
        raise TargetError(
            f"{where} cannot be imported: {type(error).__name__}: {error}", details=user_frames(error), hint=hint
        ) from error


# ---- finding the object


def _discover(module: ModuleType, target: Target) -> str:
    names = [name for name in FACTORIES if _usable(getattr(module, name, None))]
    if not names:
        names = [
            name
            for name, thing in vars(module).items()
            if _is_model_class(thing) and thing.__module__ == module.__name__
        ]
    if len(names) == 1:
        return names[0]
    told = _defined(module)
    problem = f"several objects could be meant: {', '.join(names)}" if names else "nothing in it makes a model"
    raise TargetError(
        f"which object of {_shown(target.locator)}? {problem}",
        details=(f"it defines: {', '.join(told)}",) if told else (),
        hint=f"torchviz-cli render {target.locator}:{names[0] if names else (told or ['build'])[0]}",
    )


def _usable(thing: Any) -> bool:
    return isinstance(thing, nn.Module) or (callable(thing) and not inspect.ismodule(thing))


def _is_model_class(thing: Any) -> bool:
    return isinstance(thing, type) and issubclass(thing, nn.Module)


def _defined(module: ModuleType) -> list[str]:
    own = [
        name
        for name, thing in vars(module).items()
        if not name.startswith("_")
        and (isinstance(thing, nn.Module) or getattr(thing, "__module__", None) == module.__name__)
        and _usable(thing)
    ]
    return own[:NEAREST]


def _attribute(module: ModuleType, name: str, target: Target) -> Any:
    thing: Any = module
    for part in name.split("."):
        if not hasattr(thing, part):
            raise _missing(module, name, target)
        thing = getattr(thing, part)
    return thing


def _missing(module: ModuleType, name: str, target: Target) -> TargetError:
    told = _defined(module)
    close = difflib.get_close_matches(name, told, 1) or told[:1]
    return TargetError(
        f"{_shown(target.locator)} has no object named `{_clip(name)}`",
        details=(f"it defines: {', '.join(told)}",) if told else ("it defines no function and no model",),
        hint=f"torchviz-cli render {target.locator}:{close[0]}" if close else None,
    )


# ---- building the model


def _build(thing: Any, name: str, target: Target) -> Any:
    if isinstance(thing, nn.Module):
        if target.args or target.kwargs:
            raise TargetError(f"`{name}` is a model already; it takes no arguments", hint=f"{target.locator}:{name}")
        return thing
    if not callable(thing):
        raise TargetError(
            f"`{name}` is no model: it is a value of type {type(thing).__name__}",
            hint="name an nn.Module, a subclass of it, or a function that returns one",
        )
    if isinstance(thing, type) and not issubclass(thing, nn.Module):
        raise TargetError(f"`{name}` is no model: it is a class that does not derive from nn.Module")
    _check_arguments(thing, name, target)
    try:
        return thing(*target.args, **dict(target.kwargs))
    except SystemExit as error:
        raise TargetError(f"`{name}` ended the program", details=user_frames(error)) from error
    except Exception as error:
        raise TargetError(f"`{name}` raised {type(error).__name__}: {error}", details=user_frames(error)) from error


def _check_arguments(thing: Any, name: str, target: Target) -> None:
    try:
        signature = inspect.signature(thing)
    except (TypeError, ValueError):
        return
    try:
        signature.bind(*target.args, **dict(target.kwargs))
    except TypeError as error:
        needed = [
            p.name
            for p in signature.parameters.values()
            if p.default is p.empty and p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)
        ]
        given = dict(target.kwargs)
        line = " ".join(f"--arg {need}=..." for need in needed[len(target.args) :] if need not in given)
        raise TargetError(
            f"`{name}` cannot be called like this: {error}",
            details=(f"{name}{signature}",),
            hint=f"add {line}" if line else None,
        ) from None


def _unpack(made: Any, name: str, target: Target) -> tuple[nn.Module, tuple[Any, ...] | None, dict[str, Any]]:
    if isinstance(made, nn.Module):
        return made, None, {}
    if isinstance(made, tuple) and made and isinstance(made[0], nn.Module) and len(made) in (1, 2, 3):
        if len(made) == 3 and isinstance(made[2], Mapping):
            args = made[1] if isinstance(made[1], (tuple, list)) else (made[1],)
            return made[0], tuple(args), dict(made[2])
        if len(made) == 2:
            return made[0], *arguments(made[0], made[1])
        if len(made) == 1:
            return made[0], None, {}
    inner = ", ".join(type(item).__name__ for item in made) if isinstance(made, tuple) else ""
    raise TargetError(
        f"`{name}` returned {type(made).__name__}{f' of {inner}' if inner else ''}, not a model",
        hint="return the module, (module, args) or (module, args, kwargs)",
    )


def arguments(model: nn.Module, given: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Arguments as a factory may hand them over: a list is positional, a mapping of parameter names is keywords."""
    if isinstance(given, (tuple, list)) and not hasattr(given, "_fields"):
        return tuple(given), {}
    if isinstance(given, Mapping) and all(isinstance(key, str) for key in given):
        try:
            inspect.signature(model.forward).bind(**given)
        except (TypeError, ValueError):
            return (given,), {}
        return (), dict(given)
    return (given,), {}


def _examples(module: ModuleType, model: nn.Module) -> tuple[tuple[Any, ...] | None, dict[str, Any]]:
    maker = getattr(module, "example_inputs", None)
    if callable(maker):
        try:
            return arguments(model, maker())
        except Exception as error:
            raise TargetError(
                f"`example_inputs` raised {type(error).__name__}: {error}", details=user_frames(error)
            ) from error
    array = getattr(model, "example_input_array", None)
    return (None, {}) if array is None else arguments(model, array)


# ---- words


def user_frames(error: BaseException) -> tuple[str, ...]:
    """The traceback, without the frames of the interpreter and of ours, a line a frame and one for its code."""
    lines = []
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename.startswith((OURS, IMPORTLIB, "<")):
            continue
        lines.append(f"{_shown(frame.filename)}:{frame.lineno} in {frame.name}")
        if frame.line:
            lines.append(f"    {frame.line}")
    return tuple(lines)


def _shown(path: str) -> str:
    """A path as short as it can be said from here."""
    try:
        relative = os.path.relpath(path)
    except ValueError:  # another drive
        return path
    return _clip(path if relative.startswith("..") else relative)


def _clip(text: str) -> str:
    return text if len(text) <= 120 else text[:60] + " … " + text[-50:]
