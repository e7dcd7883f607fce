"""`torchviz-cli render`: draws a model."""

from __future__ import annotations

from typing import Annotated

import typer

from graphviz_torch import api
from graphviz_torch.ir.graph import Graph
from graphviz_torch.passes.options import ViewOptions
from graphviz_torch.render.options import COLOR_BY, RenderOptions
from torchviz_cli import exit_codes, options
from torchviz_cli.console import Console
from torchviz_cli.failure import told
from torchviz_cli.graphs import Request, name_of, obtain
from torchviz_cli.output import STDOUT, Output, named_after, plan, say, write
from torchviz_cli.reporting import reported
from torchviz_cli.summary import summary_line
from torchviz_cli.views import checked, view_options, warnings_told


def render(
    target: options.TargetArgument,
    input: options.InputOption = None,
    output: Annotated[
        list[str] | None,
        typer.Option("--output", "-o", metavar="FILE", help="Where to write; repeatable; `-` is stdout."),
    ] = None,
    format: Annotated[
        str | None,
        typer.Option("--format", "-f", metavar="FORMAT", help="svg, png, pdf, dot, mermaid, json, txt; else by FILE."),
    ] = None,
    arg: options.ArgOption = None,
    train: options.TrainOption = False,
    seed: options.SeedOption = 0,
    tracer: options.TracerOption = "runtime",
    level: options.LevelOption = "function",
    depth: options.DepthOption = "auto",
    no_fold: options.NoFoldOption = False,
    focus: options.FocusOption = None,
    start: options.FromOption = None,
    end: options.ToOption = None,
    theme: options.ThemeOption = "auto",
    color_by: Annotated[str, typer.Option(metavar="|".join(COLOR_BY), help="What colour means.")] = "kind",
    direction: options.DirectionOption = "TB",
    engine: options.EngineOption = "native",
    scale: options.ScaleOption = 2.0,
    source_url: Annotated[str, typer.Option(metavar="URL", help="Link of each node, with {file} and {line}.")] = "",
    quiet: options.QuietOption = False,
    traceback: options.TracebackOption = False,
    timeout: options.TimeoutOption = 0.0,
) -> None:
    """Draw a model: run it once and write the graph of what ran."""
    console = Console(quiet)
    with reported(console, traceback):
        request = Request(target, tuple(input or ()), tuple(arg or ()), train, seed, tracer, level, timeout)
        shown = view_options(depth, no_fold, focus, start, end)
        look = checked(RenderOptions(theme, color_by, direction, engine, scale, source_url), console)
        outputs = plan(output or (), format, name_of(request))
        obtained = obtain(request, console)
        if obtained.error is not None:
            told(obtained.error, console, traceback)
        outputs = named_after(outputs, obtained.name) if not output else outputs
        _draw(obtained.graph, outputs, shown, look, console)
        console.note(summary_line(obtained.graph))
        if obtained.error is not None:
            raise typer.Exit(exit_codes.MODEL_RAISED)


def _draw(graph: Graph, outputs: tuple[Output, ...], shown: ViewOptions, look: RenderOptions, console: Console) -> None:
    pictures = []
    with warnings_told(console):
        for output in outputs:
            with console.stage(f"drawing {output.format}"):
                pictures.append((output, api.render(graph, output.format, shown, look)))
    write(pictures)
    for output in outputs:
        if output.path != STDOUT:
            say(output.path + "\n")
