"""Words about the user's files and exceptions, for messages."""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from pathlib import Path

OURS = str(Path(__file__).parent.parent) + os.sep
IMPORTLIB = str(Path(importlib.__file__).parent)
LONGEST = 120
FIRST_FRAMES, LAST_FRAMES = 3, 6


def shown(path: str) -> str:
    """A path as short as it can be said from here."""
    try:
        relative = os.path.relpath(path)
    except (ValueError, OSError):  # another drive, or the current folder is gone
        return clip(path)
    return clip(path if relative.startswith("..") else relative)


def clip(text: str) -> str:
    """A text with its middle left out where it is long."""
    return text if len(text) <= LONGEST else text[:60] + " … " + text[-50:]


def said(error: BaseException) -> str:
    """The type and the message of an exception of the user's, whose own words may fail."""
    message = words_of(error)
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


def words_of(error: BaseException) -> str:
    """The message of an exception of the user's, whose own words may fail."""
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - the user's __str__
        return "(its message cannot be read)"


def first_line(error: BaseException) -> str:
    """The first line of the message of an exception, or its type where there is none."""
    lines = words_of(error).strip().splitlines()
    return lines[0][:200] if lines else type(error).__name__


def user_frames(error: BaseException) -> tuple[str, ...]:
    """The traceback, a line a frame and one for its code, without what the user did not write.

    Left out are the frames of ours, of the interpreter, of its library and of torch; of a long one, the middle too.
    """
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if is_told(frame.filename)]
    left_out = len(frames) - FIRST_FRAMES - LAST_FRAMES
    if left_out > 1:
        first, last = frames[:FIRST_FRAMES], frames[-LAST_FRAMES:]
        return (*_lines(first), f"... {left_out} more ...", *_lines(last))
    return _lines(frames)


def _lines(frames: list[traceback.FrameSummary]) -> tuple[str, ...]:
    lines = []
    for frame in frames:
        lines.append(f"{shown(frame.filename)}:{frame.lineno} in {frame.name}")
        if frame.line:
            lines.append(f"    {clip(frame.line)}")
    return tuple(lines)


def is_told(filename: str) -> bool:
    """Whether a file is the user's, or of a package that the user installed beside torch."""
    if filename.startswith((OURS, IMPORTLIB, "<", folder_of("torch"), folder_of("torchviz_cli"))):
        return False
    return not filename.startswith(folder_of("os")) or "site-packages" in filename


def folder_of(module: str) -> str:
    """The folder of a module that is loaded; no file starts with what is said where it is not."""
    file = getattr(sys.modules.get(module), "__file__", None)
    return str(Path(file).parent) + os.sep if file else "<"
