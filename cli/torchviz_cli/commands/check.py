"""`torchviz-cli check`: what is wrong with a model, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from graphviz_torch.render.options import RenderOptions
from torchviz_cli import exit_codes, options
from torchviz_cli.console import Console
from torchviz_cli.graphs import Request
from torchviz_cli.reporting import reported
from torchviz_cli.views import themed

if TYPE_CHECKING:
    from graphviz_torch.check.report import Report

THRESHOLDS = ("error", "warning")
CodesOption = list[str] | None


def check(
    target: options.TargetArgument,
    input: options.InputOption = None,
    arg: options.ArgOption = None,
    train: options.TrainOption = False,
    seed: options.SeedOption = 0,
    select: Annotated[
        CodesOption,
        typer.Option("--select", metavar="CODES", help="Look for these alone: S001, or S for all of S. ALL: every."),
    ] = None,
    ignore: Annotated[CodesOption, typer.Option("--ignore", metavar="CODES", help="Do not look for these.")] = None,
    backward: Annotated[
        bool, typer.Option("--backward", help="Run a backward pass too, and look for what is wrong with gradients.")
    ] = False,
    loss: Annotated[
        str | None,
        typer.Option("--loss", metavar="FILE.py:FUNCTION", help="With --backward: from the output to a scalar."),
    ] = None,
    stats: Annotated[bool, typer.Option("--stats", help="Read the range of every value.")] = False,
    time: Annotated[bool, typer.Option("--time", help="Measure what takes the time.")] = False,
    assume_device: Annotated[
        str, typer.Option("--assume-device", metavar="DEVICE", help="Look as if the model were moved there: cuda.")
    ] = "",
    fail_on: Annotated[
        str | None, typer.Option(metavar="|".join(THRESHOLDS), help="Exit with 1 at such a finding (warning).")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    output: Annotated[
        list[str] | None,
        typer.Option("--output", "-o", metavar="FILE", help="Also draw the graph, with the findings: svg, png, pdf."),
    ] = None,
    theme: options.ThemeOption = "auto",
    quiet: options.QuietOption = False,
    traceback: options.TracebackOption = False,
    timeout: options.TimeoutOption = 0.0,
) -> None:
    """Say what is wrong with a model, and where: shapes, devices, parts that are never used, and more."""
    # What only this command needs is not to slow down the start of the others.
    from graphviz_torch.check.options import CheckOptions
    from torchviz_cli import findings, settings

    console = Console(quiet)
    with reported(console, traceback):
        request = Request(target, tuple(input or ()), tuple(arg or ()), train, seed, timeout=timeout)
        found = settings.read(target)
        asked = settings.merged(found, select, ignore, fail_on)
        plan = findings.plan(output or (), as_json=as_json, quiet=quiet)
        look = themed(RenderOptions(theme), console)
        wanted = CheckOptions(
            asked.select,
            asked.ignore,
            backward=backward or loss is not None,
            stats=stats,
            time=time,
            assume_device=findings.device(assume_device),
            training=train,
            seed=seed,
        )
        report = findings.obtain(request, wanted, console, loss)
        findings.give(report, plan, console, look)
        raise typer.Exit(_exit_code(report, asked.fail_on))


def _exit_code(report: Report, threshold: str) -> int:
    bad = report.worst("error" if threshold == "error" else "warning")
    return exit_codes.FINDINGS if bad else exit_codes.DONE
