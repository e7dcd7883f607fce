"""Where pictures go: formats by extension, and files that are written whole or not at all."""

from __future__ import annotations

import codecs
import errno
import os
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from shlex import quote

from graphviz_torch import plugins
from graphviz_torch.errors import OutputError, RenderError
from graphviz_torch.render import formats
from graphviz_torch.trace.said import clip, shown
from torchviz_cli.checks import formats_told, unknown_format
from torchviz_cli.signs import held

STDOUT = "-"
LONGEST_NAME = 100
# Windows takes a file of such a name for the device, whatever its extension.
DEVICES = frozenset(("con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))))


@dataclass(frozen=True, slots=True)
class Output:
    """One file to write.

    Attributes:
        path: as it was asked for; `-` for stdout.
        folder: what the path counts from. It is kept, since the user's code may change the current folder.
    """

    path: str
    format: str
    folder: str = field(default_factory=os.getcwd)

    @property
    def place(self) -> Path:
        """Where the file goes; not for stdout."""
        return Path(self.folder, self.path)


def plan(paths: Sequence[str], format: str | None, name: str) -> tuple[Output, ...]:
    """The outputs that were asked for, checked before any work is done.

    The extension of a path tells its format; `format` is for stdout and for paths that tell none.

    Args:
        name: what the file is called where no path is given.

    Raises:
        RenderError: a format is unknown, or stdout was asked for without one.
        OutputError: a folder is not there or not writable.
    """
    if format is not None:
        _known(format, f"there is no format `{clip(format)}`")
    if not paths:
        wanted = format or "svg"
        paths = (f"{_file_name(name)}.{formats.ALIASES.get(wanted, wanted)}",)
    outputs = tuple(_output(path, format) for path in paths)
    if sum(output.path == STDOUT for output in outputs) > 1:
        raise OutputError("stdout is asked for twice", hint="-o - once, further formats into files")
    _check_format_is_used(outputs, format)
    for output in outputs:
        if output.path != STDOUT:
            check_place(output.place)
    return outputs


def named_after(outputs: Sequence[Output], name: str) -> tuple[Output, ...]:
    """The outputs under the name of the object that was found, where the target named none."""
    return tuple(replace(output, path=f"{_file_name(name)}{Path(output.path).suffix}") for output in outputs)


def write(outputs: Sequence[tuple[Output, bytes | str]]) -> None:
    """Writes every file beside its place first, then moves them there; after an error nothing is left behind.

    Raises:
        OutputError: the disk is full, or the place cannot be written.
    """
    waiting: list[tuple[str, Path]] = []
    try:
        for output, data in outputs:
            if output.path != STDOUT:
                waiting.append((_beside(output, data if isinstance(data, bytes) else data.encode()), output.place))
        for output, data in outputs:
            if output.path == STDOUT:
                say(data)
        while waiting:
            temporary, place = waiting[0]
            os.replace(temporary, place)
            waiting.pop(0)
    except OSError as error:
        told = error.filename2 or error.filename or "the output"  # of a move, where it was to lead
        raise OutputError(f"cannot write {told}: {error.strerror or error}") from error
    finally:
        for temporary, _ in waiting:
            Path(temporary).unlink(missing_ok=True)


def say(data: bytes | str) -> None:
    """Puts a result on stdout at once, so that an error is told, not lost on the way out.

    Raises:
        OutputError: stdout is closed, or what it leads to is full.
    """
    try:
        if sys.stdout is None:
            raise OSError(errno.EBADF, "it is closed")
        if isinstance(data, str):
            sys.stdout.flush()
            data = _encoded(data, sys.stdout.encoding or "utf-8")
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        # The reader has what it wanted; what Python would flush on the way out goes nowhere.
        _silence_stdout()
    except OSError as error:
        _silence_stdout()
        raise OutputError(f"cannot write to stdout: {error.strerror or error}") from error


def _encoded(text: str, encoding: str) -> bytes:
    """Names of files may hold bytes that are no text, which go out as they came in."""
    try:
        return text.encode(encoding, "surrogateescape" if codecs.lookup(encoding).name == "utf-8" else "strict")
    except UnicodeEncodeError:
        return held(text, encoding).encode(encoding)


def _silence_stdout() -> None:
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _beside(output: Output, data: bytes) -> str:
    temporary = ""
    try:
        handle, temporary = tempfile.mkstemp(prefix=".torchviz-", suffix=".part", dir=output.place.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(temporary, _mode(output.place))
    except BaseException as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise OutputError(f"cannot write `{clip(output.path)}`: {error.strerror or error}") from error
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
    if _is_known(extension):
        return Output(path, extension)
    if format is not None:
        return Output(path, format)
    if not extension:
        raise RenderError(
            f"`{clip(path)}` has no extension to tell the format",
            details=(formats_told(_all_formats()),),
            hint=f"-o {clip(path)}.svg",
        )
    _known(extension, f"`{clip(path)}`: there is no format `.{clip(extension)}`")
    return Output(path, extension)


def _check_format_is_used(outputs: Sequence[Output], format: str | None) -> None:
    if format is None:
        return
    wanted = formats.ALIASES.get(format, format)
    if all(formats.ALIASES.get(output.format, output.format) != wanted for output in outputs):
        path = outputs[0].path
        raise RenderError(
            f"`-f {format}` and `-o {clip(path)}` contradict each other",
            hint=f"leave -f away, or -o {clip(str(Path(path).with_suffix('.' + wanted)))}",
        )


def _is_known(name: str) -> bool:
    if name in formats.FORMATS or name in formats.ALIASES:
        return True
    return name in plugins.names(formats.FORMATS, formats.GROUP)


def _known(name: str, problem: str) -> None:
    if _is_known(name):
        return
    raise unknown_format(name, _all_formats(), problem)


def _all_formats() -> tuple[str, ...]:
    return (*plugins.names(formats.FORMATS, formats.GROUP), *formats.ALIASES)


def check_place(path: Path) -> None:
    """Refuses a place that cannot be written, before any work is done.

    Raises:
        OutputError: there is no such folder, or it is not writable.
    """
    folder = path.parent
    told = clip(shown(str(path)))
    try:
        if not folder.is_dir():
            near = shown(str(folder))
            raise OutputError(f"cannot write `{told}`: there is no folder `{near}`", hint=f"mkdir -p {quote(near)}")
        if path.is_dir():
            raise OutputError(f"cannot write `{told}`: it is a folder", hint=f"-o {quote(f'{told}/model.svg')}")
    except OSError as error:  # longer than a file name can be
        raise OutputError(f"cannot write `{told}`: {error.strerror or error}") from error
    if not os.access(folder, os.W_OK):
        raise OutputError(f"cannot write `{told}`: the folder `{shown(str(folder))}` is not writable")


def _file_name(name: str) -> str:
    plain = "".join(c if c.isalnum() or c in "._-" else "_" for c in name)[:LONGEST_NAME] or "model"
    return f"{plain}_" if plain.partition(".")[0].lower() in DEVICES else plain
