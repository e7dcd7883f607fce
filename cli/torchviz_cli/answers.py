"""How a comparison is answered: on stdout in words, and in files, pictures among them."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType

from graphviz_torch import api
from graphviz_torch.diff.result import Comparison
from graphviz_torch.errors import RenderError
from graphviz_torch.passes.options import ViewOptions
from graphviz_torch.render import formats
from graphviz_torch.render.options import RenderOptions
from graphviz_torch.report import github, json, markdown, text
from graphviz_torch.report.threshold import THRESHOLDS
from torchviz_cli import output
from torchviz_cli.checks import one_of, unknown_format
from torchviz_cli.console import Console
from torchviz_cli.graphs import Request
from torchviz_cli.output import STDOUT, Output
from torchviz_cli.versions.obtain import Version
from torchviz_cli.views import warnings_told

WORDS = ("text", "json", "markdown", "github")
ALIASES = {"md": "markdown", "txt": "text", "gv": "dot", "mermaid": "mmd"}
PICTURES = tuple(name for name in formats.FORMATS if name not in ("json", "txt"))
WIDEST = 160


@dataclass(frozen=True, slots=True)
class Look:
    """How much pictures show, and how they look."""

    context: int | None
    view: ViewOptions
    options: RenderOptions


@dataclass(frozen=True, slots=True)
class Plan:
    """What is wanted: a format for stdout (empty for none), and files."""

    stdout: str
    files: tuple[Output, ...]
    fail_on: str | None
    look: Look


def plan(format: str | None, paths: Sequence[str], fail_on: str | None, look: Look, *, quiet: bool) -> Plan:
    """What is wanted, checked before any work is done.

    Raises:
        RenderError: an option has no such value.
        OutputError: a file cannot be written there.
    """
    if fail_on is not None:
        one_of("--fail-on", fail_on, tuple(THRESHOLDS))
    wanted = None if format is None else _known(format, f"there is no format `{format}`")
    files = tuple(_file(path, wanted) for path in paths)
    stdout = next((file.format for file in files if file.path == STDOUT), "")
    files = tuple(file for file in files if file.path != STDOUT)
    if not stdout and not files and wanted in PICTURES:
        raise RenderError(f"`-f {format}` is a picture and needs a place", hint=f"-o diff.{wanted}, or -o -")
    if not stdout and wanted in WORDS:
        stdout = wanted
    return Plan(stdout or ("" if quiet else "text"), files, fail_on, look)


def _file(path: str, wanted: str | None) -> Output:
    if path == STDOUT:
        if wanted is None:
            raise RenderError("`-o -` writes to stdout and needs a format", hint="-f svg -o -")
        return Output(path, wanted)
    extension = Path(path).suffix.removeprefix(".").lower()
    if ALIASES.get(extension, extension) not in (*WORDS, *PICTURES) and wanted is not None:
        found = wanted
    else:
        found = _known(extension, f"`{path}`: there is no format `.{extension}`")
    check_place(path)
    return Output(os.path.abspath(path), found)


def check_place(path: str) -> None:
    """Refuses a place that cannot be written before any work is done."""
    output.check_place(Path(path))


def _known(name: str, problem: str) -> str:
    found = ALIASES.get(name, name)
    known = (*WORDS, *PICTURES)
    if found in known:
        return found
    raise unknown_format(name, known, problem)


def of_side(request: Request, inputs: Sequence[str], arguments: Sequence[str]) -> Request:
    """The request for one side: with its inputs, and with its arguments besides those that both have."""
    return replace(request, inputs=tuple(inputs), arguments=(*request.arguments, *arguments))


def with_notes(comparison: Comparison, versions: tuple[Version, Version]) -> Comparison:
    """The comparison, with what is to be known of its two sides."""
    told = (note for version in versions for note in version.notes)
    return replace(comparison, notes=tuple(dict.fromkeys((*comparison.notes, *told))))


def give(comparison: Comparison, versions: tuple[Version, Version], plan: Plan, console: Console) -> None:
    """Writes the files, then says the answer."""
    written: list[tuple[Output, bytes | str]] = []
    with warnings_told(console):
        for file in plan.files:
            with console.stage(f"drawing {file.format}"):
                written.append((file, _made(comparison, versions, file.format, plan)))
        if plan.stdout:
            written.append((Output(STDOUT, plan.stdout), _said(comparison, versions, plan)))
    output.write(written)
    for file in plan.files:
        console.note(f"wrote {near(file.path)}")
    for version in versions:
        if version.raised:
            console.note("\n".join((f"{version.name}: {version.raised[0]}", *version.raised[1:])))


def near(path: str, flavour: ModuleType = os.path) -> str:
    """A path as seen from the current folder, which there is none of on another drive."""
    try:
        return str(flavour.relpath(path))
    except ValueError:
        return path


def write_map(comparison: Comparison, path: str, console: Console) -> None:
    """Writes the state-dict map."""
    output.write([(Output(os.path.abspath(path), "json"), json.state_dict_map(comparison).encode())])
    found = comparison.state_dict
    console.note(f"wrote {path}: {len(found.map)} keys, {len(found.reshaped) + len(found.added)} cannot be filled")


def _said(comparison: Comparison, versions: tuple[Version, Version], plan: Plan) -> bytes | str:
    """What goes to stdout: in the encoding of the terminal for people, for programs as it would stand in a file."""
    if plan.stdout != "text":
        return _made(comparison, versions, plan.stdout, plan)
    terminal = sys.stdout is not None and sys.stdout.isatty()
    width = min(shutil.get_terminal_size().columns, WIDEST) if terminal else None
    return text.render(comparison, width=width, color=terminal and not os.environ.get("NO_COLOR"))


def _made(comparison: Comparison, versions: tuple[Version, Version], format: str, plan: Plan) -> bytes:
    if format in PICTURES:
        return _picture(comparison, versions, format, plan.look)
    return _words(comparison, versions, format, plan).encode("utf-8", "backslashreplace")


def _words(comparison: Comparison, versions: tuple[Version, Version], format: str, plan: Plan) -> str:
    if format == "json":
        return json.render(comparison)
    if format == "github":
        return github.render(comparison, files=versions[1].files, fail_on=plan.fail_on)
    if format == "markdown":
        return markdown.render(comparison, _mermaid(comparison, versions, plan.look))
    return text.render(comparison)


def _picture(comparison: Comparison, versions: tuple[Version, Version], format: str, look: Look) -> bytes:
    old, new = versions
    return api.render_diff(
        old.graph, new.graph, comparison, format, look.options, context=look.context, view_options=look.view
    )


def _mermaid(comparison: Comparison, versions: tuple[Version, Version], look: Look) -> str:
    """The changed part, closely cut; empty where nothing changed or it does not fit."""
    if not comparison.changes:
        return ""
    try:
        return _picture(comparison, versions, "mmd", replace(look, context=look.context or 1)).decode("utf-8")
    except RenderError:
        return ""
