"""Writes what was built: only what differs, whole files or none, and nothing over what others have made."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from graphviz_torch.errors import GraphFormatError, OutputError
from graphviz_torch.ir import serial
from graphviz_torch.render import stamp
from torchviz_cli import output
from torchviz_cli.documents.entries import Entry
from torchviz_cli.output import Output


def make_folders(entries: tuple[Entry, ...]) -> None:
    """Makes the folders that files go to, before any work is done.

    Raises:
        OutputError: one cannot be made.
    """
    paths = [path for entry in entries for path in (entry.kept, *(artefact.path for artefact in entry.artefacts))]
    for folder in dict.fromkeys(Path(path).parent for path in paths):
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(f"cannot make the folder `{folder.as_posix()}`: {error.strerror or error}") from error
    output.plan(paths, None, "")


def write(entry: Entry, files: Mapping[str, bytes], *, force: bool) -> dict[str, str]:
    """Writes the files of one entry that are not as they should be; returns `written` or `unchanged` for each path.

    Args:
        force: also over files that `docs` has not made, or that were edited since.

    Raises:
        OutputError: one would be lost, or cannot be written.
    """
    found = {path: "unchanged" if _holds(path, data) else "written" for path, data in files.items()}
    todo = [path for path, state in found.items() if state == "written"]
    if not force:
        for artefact in entry.artefacts:
            if artefact.path in todo:
                _check_own(artefact.path, artefact.format, entry)
    output.write([(Output(path, Path(path).suffix[1:]), files[path]) for path in todo])
    return found


def _holds(path: str, data: bytes) -> bool:
    try:
        return Path(path).read_bytes() == data
    except OSError:
        return False


def _check_own(path: str, format: str, entry: Entry) -> None:
    """Refuses to replace what somebody else has made."""
    try:
        data = Path(path).read_bytes()
    except OSError:
        return
    wrong = foreign(data, format)
    if wrong:
        raise OutputError(
            f"{path} {wrong}; it is left as it is", hint=f"torchviz-cli docs --force {entry.name}, to replace it"
        )


def foreign(data: bytes, format: str) -> str:
    """Why a file is not one that `docs` has written; empty where it is."""
    if format == "json":
        return "" if _is_graph(data) else "was not made by `torchviz-cli docs`"
    found = stamp.read(data, format)
    if found is None:
        return "was not made by `torchviz-cli docs`"
    return "" if found.intact else "was edited by hand"


def _is_graph(data: bytes) -> bool:
    try:
        serial.loads(data)
    except GraphFormatError:
        return False
    return True
