"""From a request to a report, and to what is said and drawn of it."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from graphviz_torch import api
from graphviz_torch.check.options import CheckOptions
from graphviz_torch.check.report import Report
from graphviz_torch.errors import BuildError, CheckError, RenderError, TargetError
from graphviz_torch.render.options import RenderOptions
from graphviz_torch.trace import locating, targets
from graphviz_torch.trace.importing import importable
from graphviz_torch.trace.said import clip
from torchviz_cli import output
from torchviz_cli.checks import formats_told
from torchviz_cli.console import Console
from torchviz_cli.graphs import Request, ended, fitting, parsed, read, ready, shown_target
from torchviz_cli.limits import OutOfTimeError, output_to_stderr, time_limit
from torchviz_cli.output import STDOUT, Output

PICTURES = ("svg", "png", "pdf")
DEVICE = re.compile(r"(cuda|mps|xpu|hpu|npu|mtia|cpu)(:\d+)?")


@dataclass(frozen=True, slots=True)
class Plan:
    """What is wanted: text, JSON or nothing on stdout, and pictures."""

    stdout: str
    files: tuple[Output, ...]


def plan(paths: Sequence[str], *, as_json: bool, quiet: bool) -> Plan:
    """What is wanted, checked before any work is done.

    Raises:
        RenderError: a file is no picture.
        OutputError: a file cannot be written there.
    """
    for path in paths:  # `check` draws less than `render`
        if Path(path).suffix.removeprefix(".").lower() not in PICTURES:
            raise RenderError(
                f"`-o {clip(path)}` is no picture",
                details=(formats_told(PICTURES),),
                hint="-o report.svg; --json prints the findings",
            )
    files = output.plan(paths, None, "") if paths else ()
    return Plan("json" if as_json else "" if quiet else "text", files)


def device(name: str) -> str:
    """A device that can be assumed.

    Raises:
        CheckError: it is none.
    """
    if name and not DEVICE.fullmatch(name):
        raise CheckError(f"`--assume-device {clip(name)}` is no device", hint="--assume-device cuda")
    return name


def obtain(request: Request, options: CheckOptions, console: Console, loss: str | None = None) -> Report:
    """The report.

    Args:
        loss: where the function is that makes a scalar of the model's output.

    Raises:
        TorchvizError: the target or an input is not right.
    """
    target = targets.parse(request.target, request.arguments)
    named = shown_target(target, target.object) if target.object else os.path.basename(target.locator)
    options = replace(options, target=named)
    specs = parsed(request.inputs)
    if target.is_graph:
        return api.check_graph(read(target, request, console).graph, options)
    if target.is_file:
        locating.existing(target)
    with time_limit(request.timeout), output_to_stderr():
        try:
            found = ready(request, target, specs, console, "check")
        except BuildError as error:
            if isinstance(error.__cause__, OutOfTimeError):
                raise error.__cause__ from None
            return api.check_unbuilt(error, replace(options, roots=locating.roots(target)))
        if not found.given:
            fitting(found)
        options = replace(options, target=shown_target(target, found.object), roots=found.roots)
        if loss is not None:
            options = replace(options, loss=_function(loss, found.roots))
        with console.stage("checking"), importable(found.roots):
            try:
                return api.check(found.model, found.args, found.kwargs, options, command=found.command)
            except SystemExit as error:
                raise ended(found, error) from None


def _function(text: str, roots: tuple[str, ...]) -> Callable[..., Any]:
    """The function behind a `--loss`.

    Raises:
        TorchvizError: there is none.
    """
    from graphviz_torch.trace import loading

    target = targets.parse(text)
    if target.object is None:
        raise TargetError(f"`--loss {clip(text)}` names no function", hint="--loss train.py:loss")
    with importable(roots):
        try:
            found = loading.thing(target)
        except TargetError as error:
            if isinstance(error, BuildError):
                raise
            message = f"`--loss {clip(text)}`: {error.message}"
            raise TargetError(message, details=error.details, hint="--loss FILE.py:FUNCTION") from error
    if not callable(found):
        raise TargetError(f"`--loss {clip(text)}` is no function: it is {type(found).__name__}")
    function: Callable[..., Any] = found
    return function


def give(report: Report, plan: Plan, console: Console, look: RenderOptions) -> None:
    """Draws the pictures, then says what was found."""
    written = []
    for file in plan.files:
        with console.stage(f"drawing {file.format}"):
            written.append((file, api.render_report(report, file.format, options=look)))
    if plan.stdout == "json":
        told = json.dumps(report.to_dict(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
        written.append((Output(STDOUT, "json"), told.encode("utf-8", "backslashreplace")))
    elif plan.stdout:
        color = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        written.append((Output(STDOUT, "text"), report.text(color=color).encode("utf-8", "backslashreplace")))
    output.write(written)
    for file in plan.files:
        console.note(f"wrote {file.path}")
