"""Where pictures go: formats by extension, and files that are written whole or not at all."""

from __future__ import annotations

import difflib
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from graphviz_torch import plugins
from graphviz_torch.errors import OutputError, RenderError
from graphviz_torch.render import formats

STDOUT = "-"
LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Output:
    """One file to write: its path (`-` for stdout) and format."""

    path: str
    format: str


def plan(paths: Sequence[str], format: str | None, name: str) -> tuple[Output, ...]:
    """The outputs that were asked for, checked before any work is done.

    Raises:
        RenderError: a format is unknown, or stdout was asked for without one.
        OutputError: a folder is not there or not writable.
    """
    if format is not None:
        _known(format, f"there is no format `{format}`")
    if not paths:
        wanted = format or "svg"
        outputs: tuple[Output, ...] = (Output(f"{_file_name(name)}.{formats.ALIASES.get(wanted, wanted)}", wanted),)
    else:
        outputs = tuple(_output(path, format) for path in paths)
    doubled = [o.path for o in outputs if o.path == STDOUT]
    if len(doubled) > 1:
        raise OutputError("stdout is asked for twice", hint="-o - once, further formats into files")
    for output in outputs:
        if output.path != STDOUT:
            _check_place(Path(output.path))
    return outputs


def write(outputs: Sequence[tuple[Output, bytes]]) -> None:
    """Writes every file beside its place first, then moves them there; after an error nothing is left behind.

    Raises:
        OutputError: the disk is full, or the place cannot be written.
    """
    waiting: list[tuple[str, Path]] = []
    try:
        for output, data in outputs:
            if output.path == STDOUT:
                sys.stdout.buffer.write(data)
                sys.stdout.buffer.flush()
            else:
                waiting.append((_beside(Path(output.path), data), Path(output.path)))
        while waiting:
            temporary, place = waiting[0]
            os.replace(temporary, place)
            waiting.pop(0)
    except BrokenPipeError:
        # The reader has what it wanted; what Python would flush on the way out goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        raise OutputError(f"cannot write {error.filename or 'the output'}: {error.strerror or error}") from error
    finally:
        for temporary, _ in waiting:
            Path(temporary).unlink(missing_ok=True)


def _beside(place: Path, data: bytes) -> str:
    handle, temporary = tempfile.mkstemp(prefix=".torchviz-", suffix=".part", dir=place.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(temporary, _mode(place))
    except OSError as error:
        Path(temporary).unlink(missing_ok=True)
        raise OutputError(f"cannot write `{place}`: {error.strerror or error}") from error
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return temporary


def _mode(place: Path) -> int:
    """The permissions of the file that is replaced, else what the user's mask gives a new one."""
    if place.exists():
        return place.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _output(path: str, format: str | None) -> Output:
    if path == STDOUT:
        if format is None:
            raise RenderError("`-o -` writes to stdout and needs a format", hint="-f svg -o -")
        return Output(path, format)
    extension = Path(path).suffix.removeprefix(".").lower()
    if format is None:
        if not extension:
            raise RenderError(
                f"`{path}` has no extension to tell the format", details=(_list(),), hint=f"-o {path}.svg"
            )
        _known(extension, f"`{path}`: there is no format `.{extension}`")
    return Output(path, format or extension)


def _known(name: str, problem: str) -> None:
    known = plugins.names(formats.FORMATS, formats.GROUP)
    if formats.ALIASES.get(name, name) in known:
        return
    close = difflib.get_close_matches(name, [*known, *formats.ALIASES], 1)
    raise RenderError(problem, details=(_list(),), hint=f"did you mean {close[0]}?" if close else None)


def _list() -> str:
    return "formats: " + ", ".join([*plugins.names(formats.FORMATS, formats.GROUP), *formats.ALIASES])


def _check_place(path: Path) -> None:
    folder = path.parent
    if not folder.is_dir():
        raise OutputError(f"cannot write `{path}`: there is no folder `{folder}`", hint=f"mkdir -p {folder}")
    if path.is_dir():
        raise OutputError(f"cannot write `{path}`: it is a folder", hint=f"-o {path / 'model.svg'}")
    if not os.access(folder, os.W_OK):
        raise OutputError(f"cannot write `{path}`: the folder `{folder}` is not writable")


def _file_name(name: str) -> str:
    plain = "".join(c if c.isalnum() or c in "._-" else "_" for c in name)
    return plain[:LONGEST_NAME] or "model"
