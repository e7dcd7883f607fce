"""Inputs that are read from files, by loaders that run no code."""

from __future__ import annotations

import difflib
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch

from graphviz_torch.errors import InputError
from graphviz_torch.trace.said import clip, first_line, words_of

TORCH_HINT = "save plain tensors: torch.save({'x': x}, 'batch.pt')"
NUMPY_HINT = "save a plain array: numpy.save('batch.npy', x)"


def read(file: str, key: str) -> Any:
    """The object in a file, or one entry of it.

    Raises:
        InputError: the file is not there, is of an unknown kind, broken or unsafe, or has no such key.
    """
    path = Path(file).expanduser() if file.startswith("~") else Path(file)
    if not _is_file(path):
        raise _no_file(path, file)
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise InputError(f"`{clip(file)}` is of no known kind", details=(f"kinds: {' '.join(READERS)}",))
    return _entry(reader(path), key, file)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # longer than a file name can be
        return False


def _no_file(path: Path, file: str) -> InputError:
    try:
        near = sorted(p.name for p in path.parent.iterdir() if p.suffix.lower() in READERS)
    except OSError:  # no such folder, or not readable
        near = []
    close = difflib.get_close_matches(path.name[:100], near, 1)
    return InputError(
        f"there is no file `{clip(file)}`",
        details=("here are: " + ", ".join(near[:12]),) if near else (),
        hint=f"-i @{path.with_name(close[0])}" if close else None,
    )


def _torch(path: Path) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about how the file was pickled, which is nothing to whoever reads it
            return torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        words = words_of(error)
        unsafe = "weights_only" in words or "Unsupported" in words
        reason = "it holds objects that would run code when read" if unsafe else first_line(error)
        raise _unreadable(path, reason) from error


def _numpy(path: Path) -> Any:
    numpy = _library("numpy", path)
    try:
        loaded = numpy.load(path, allow_pickle=False)
        if hasattr(loaded, "files"):
            with loaded:
                return {name: torch.from_numpy(loaded[name]) for name in loaded.files}
        return torch.from_numpy(loaded)
    except Exception as error:
        unsafe = "allow_pickle" in words_of(error)
        reason = "it holds objects that would run code when read" if unsafe else first_line(error)
        raise _unreadable(path, reason, NUMPY_HINT) from error


def _safetensors(path: Path) -> Any:
    _library("safetensors", path)
    from safetensors.torch import load_file

    try:
        return load_file(str(path))
    except Exception as error:
        raise _unreadable(path, first_line(error)) from error


def _unreadable(path: Path, reason: str, hint: str = TORCH_HINT) -> InputError:
    return InputError(f"`{clip(str(path))}` cannot be read: {reason}", hint=hint)


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
    close = difflib.get_close_matches(key[:100], keys, 1)
    raise InputError(
        f"`{clip(file)}` has no entry `{clip(key)}`",
        details=(f"entries: {', '.join(map(clip, keys[:20]))}",)
        if keys
        else (f"it holds one {type(loaded).__name__}",),
        hint=f"-i @{file}:{close[0]}" if close else None,
    )
