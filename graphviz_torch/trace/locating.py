"""From a target to the file that is meant, and the folders that must be importable. No torch in here."""

from __future__ import annotations

import difflib
import os
from pathlib import Path
from shlex import quote

from graphviz_torch.errors import TargetError
from graphviz_torch.trace.said import clip
from graphviz_torch.trace.targets import RENDER, Target

NEAREST = 12

SCRIPT = "write a function that builds the model and {work}, and name it: " + RENDER + " model.py:build"
WEIGHTS = SCRIPT.format(work="loads these weights into it")
OTHER_KINDS = {
    ".ipynb": ("a Jupyter notebook", f"jupyter nbconvert --to script {{name}}, then {RENDER} {{stem}}.py"),
    ".pt": ("a file of saved tensors, not the code of a model", WEIGHTS),
    ".pth": ("a file of saved tensors, not the code of a model", WEIGHTS),
    ".ckpt": ("a checkpoint, not the code of a model", WEIGHTS),
    ".bin": ("a file of saved tensors, not the code of a model", WEIGHTS),
    ".safetensors": ("a file of saved tensors, not the code of a model", WEIGHTS),
    ".pt2": ("an exported program, which has no objects to be named", RENDER + " {name}"),
    ".onnx": ("an ONNX model; what is drawn here are PyTorch models that run", None),
}


def roots(target: Target) -> tuple[str, ...]:
    """The folders that are importable while a target loads and runs: its package's parent, its own, the current."""
    if not target.is_file:
        return (os.getcwd(),)
    folder = Path(target.locator).resolve().parent
    package_root = folder
    while (package_root / "__init__.py").exists() and package_root != package_root.parent:
        package_root = package_root.parent
    return tuple(dict.fromkeys((str(package_root), str(folder), os.getcwd())))


def existing(target: Target) -> Path:
    """The Python file that a target names.

    Raises:
        TargetError: it is not there, or of a kind that holds no code of a model.
    """
    path = Path(target.locator)
    if _is_file(path):
        if not target.is_program:
            _refuse_other_kinds(path)
        return path.resolve()
    if _is_folder(path):
        raise TargetError(
            f"`{clip(target.locator)}` is a folder", details=_python_files(path), hint=_a_file_in(path, target)
        )
    folder = path.parent
    if not _is_folder(folder):
        raise TargetError(f"there is no file `{clip(target.locator)}`: there is no folder `{clip(str(folder))}`")
    close = difflib.get_close_matches(path.name[:100], _names(folder), 1)
    hint = f"{RENDER} {quote(str(folder / close[0]))}{_object(target)}" if close else None
    raise TargetError(f"there is no file `{clip(target.locator)}`", details=_python_files(folder), hint=hint)


def _refuse_other_kinds(path: Path) -> None:
    kind = path.suffix.lower()
    if kind == ".py":
        return
    what, hint = OTHER_KINDS.get(kind, ("no Python file", "a target ends in .py or .json"))
    hint = hint.format(name=path.name, stem=path.stem) if hint else None
    raise TargetError(f"`{clip(str(path))}` is {what}", hint=hint)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # longer than a file name can be
        return False


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


def _a_file_in(folder: Path, target: Target) -> str | None:
    names = [name for name in _names(folder) if name != "__init__.py"]
    return f"{RENDER} {quote(str(folder / names[0]))}{_object(target)}" if names else None


def _object(target: Target) -> str:
    return f":{clip(target.object)}" if target.object else ""


def _python_files(folder: Path) -> tuple[str, ...]:
    names = _names(folder)
    return ("here are: " + ", ".join(names[:NEAREST]),) if names else ("no Python file is there",)


def _names(folder: Path) -> list[str]:
    try:
        return sorted(path.name for path in folder.glob("*.py"))
    except OSError:  # not readable
        return []
