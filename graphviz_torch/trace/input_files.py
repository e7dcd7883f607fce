"""Inputs that are read from files, by loaders that run no code."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch

from graphviz_torch.errors import InputError


def read(file: str, key: str) -> Any:
    """The object in a file, or one entry of it.

    Raises:
        InputError: the file is not there, is of an unknown kind, broken or unsafe, or has no such key.
    """
    path = Path(file)
    if not path.is_file():
        near = sorted(
            p.name for p in (path.parent if path.parent.is_dir() else Path()).iterdir() if p.suffix in READERS
        )
        raise InputError(f"there is no file `{file}`", details=("here are: " + ", ".join(near[:12]),) if near else ())
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise InputError(f"`{file}` is of no known kind", details=(f"kinds: {' '.join(READERS)}",))
    return _entry(reader(path), key, file)


def _torch(path: Path) -> Any:
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        unsafe = "weights_only" in str(error) or "Unsupported" in str(error)
        reason = "it holds objects that would run code when read" if unsafe else str(error).splitlines()[0][:200]
        raise InputError(
            f"`{path}` cannot be read: {reason}",
            hint="save plain tensors: torch.save({'x': x}, path)",
        ) from error


def _numpy(path: Path) -> Any:
    numpy = _library("numpy", path)
    try:
        loaded = numpy.load(path, allow_pickle=False)
    except (ValueError, OSError, EOFError) as error:
        raise InputError(f"`{path}` cannot be read: {error}") from error
    if hasattr(loaded, "files"):
        return {name: torch.from_numpy(loaded[name]) for name in loaded.files}
    return torch.from_numpy(loaded)


def _safetensors(path: Path) -> Any:
    _library("safetensors", path)
    from safetensors.torch import load_file

    try:
        return load_file(str(path))
    except Exception as error:
        raise InputError(f"`{path}` cannot be read: {error}") from error


READERS: dict[str, Callable[[Path], Any]] = {
    ".pt": _torch,
    ".pth": _torch,
    ".npy": _numpy,
    ".npz": _numpy,
    ".safetensors": _safetensors,
}


def _library(name: str, path: Path) -> Any:
    try:
        return __import__(name)
    except ImportError:
        raise InputError(f"`{path}` needs {name}, which is not installed", hint=f"pip install {name}") from None


def _entry(loaded: Any, key: str, file: str) -> Any:
    if not key:
        if isinstance(loaded, Mapping) and len(loaded) == 1:
            return next(iter(loaded.values()))
        return loaded
    if isinstance(loaded, Mapping) and key in loaded:
        return loaded[key]
    if isinstance(loaded, (list, tuple)) and key.isdigit() and int(key) < len(loaded):
        return loaded[int(key)]
    keys = [str(name) for name in loaded] if isinstance(loaded, Mapping) else []
    close = difflib.get_close_matches(key, keys, 1)
    raise InputError(
        f"`{file}` has no entry `{key}`",
        details=(f"entries: {', '.join(keys[:20])}",) if keys else (f"it holds one {type(loaded).__name__}",),
        hint=f"@{file}:{close[0]}" if close else None,
    )
