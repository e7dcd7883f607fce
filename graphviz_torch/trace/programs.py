"""Exported programs: the files that `torch.export.save` writes, read without unpickling objects."""

from __future__ import annotations

import io
import json
import logging
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shlex import quote
from typing import Any

import torch
from torch import nn

from graphviz_torch.errors import TargetError
from graphviz_torch.trace.said import clip, said, shown
from graphviz_torch.trace.targets import RENDER, Target

Program = tuple[nn.Module, tuple[Any, ...] | None, dict[str, Any]]
LARGEST_CONFIG = 2**26


def load(target: Target, path: Path) -> Program:
    """The module of a program, and the inputs that it was exported with; `None` where it has none.

    Raises:
        TargetError: it is no program, it holds more than tensors, or this torch cannot read it.
    """
    if target.args or target.kwargs:
        raise TargetError(
            f"{shown(target.locator)} is an exported program; it takes no arguments",
            hint=f"{RENDER} {quote(target.locator)}",
        )
    with _opened(target, path) as archive:
        for name in archive.namelist():
            if not _holds_tensors_alone(archive, name):
                raise TargetError(
                    f"{shown(target.locator)} is not loaded: `{clip(name)}` in it can run code when it is loaded",
                    hint="export the model without custom objects, or load it in a function of your own and name that",
                )
    try:
        with _quiet():
            program = torch.export.load(path)
            module = program.module()
    except Exception as error:
        raise TargetError(f"torch cannot load {shown(target.locator)}: {said(error)}") from error
    if program.example_inputs is None:
        return module, None, {}
    args, kwargs = program.example_inputs
    return module, tuple(args), dict(kwargs)


@contextmanager
def _opened(target: Target, path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except zipfile.BadZipFile as error:
        raise TargetError(
            f"{shown(target.locator)} is no exported program: it is no archive, or not all of it",
            hint=f"torch.export.save(torch.export.export(model, args), {path.name!r}) writes one",
        ) from error
    except OSError as error:
        raise TargetError(f"cannot read {shown(target.locator)}: {error.strerror or error}") from error


def _holds_tensors_alone(archive: zipfile.ZipFile, name: str) -> bool:
    """Whether a part of a program is plain data or tensors; torch itself would unpickle whatever it finds."""
    if name.endswith("_config.json"):
        return not _pickled(archive, name)
    if name.endswith((".pt", ".pth", ".pkl")):
        return _only_tensors(archive.read(name))
    return not name.endswith((".so", ".pyd", ".dll", ".dylib")) and "/aotinductor/" not in name


def _pickled(archive: zipfile.ZipFile, name: str) -> bool:
    """Whether the list of weights or constants names one that is pickled."""
    if archive.getinfo(name).file_size > LARGEST_CONFIG:
        return True
    try:
        listed = json.loads(archive.read(name)).get("config", {}).values()
        return any(entry.get("use_pickle") for entry in listed)
    except (ValueError, AttributeError):
        return True


def _only_tensors(content: bytes) -> bool:
    if not content:
        return True
    try:
        torch.load(io.BytesIO(content), weights_only=True, map_location="cpu")
    except Exception:  # noqa: BLE001 - whatever is wrong with it
        return False
    return True


@contextmanager
def _quiet() -> Iterator[None]:
    """Keeps torch from logging what is raised anyway."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(before)
