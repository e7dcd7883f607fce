"""`torchviz-cli render`: draws a model."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from graphviz_torch import api
from graphviz_torch.errors import EngineWarning, ViewError
from graphviz_torch.ir.graph import Graph
from graphviz_torch.passes.options import ViewOptions
from graphviz_torch.render.options import COLOR_BY, DIRECTIONS, ENGINES, THEMES, RenderOptions
from graphviz_torch.trace.said import clip
from torchviz_cli import exit_codes, options
from torchviz_cli.checks import one_of, scale_of_png
from torchviz_cli.console import Console
from torchviz_cli.failure import told
from torchviz_cli.graphs import Request, name_of, obtain
from torchviz_cli.output import STDOUT, Output, named_after, plan, say, write
from torchviz_cli.reporting import reported
from torchviz_cli.summary import summary_line

DEPTH = re.compile(r"[0-9]{1,9}")


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
    theme: Annotated[str, typer.Option(metavar="|".join(THEMES), help="Colours; auto follows the reader.")] = "auto",
    color_by: Annotated[str, typer.Option(metavar="|".join(COLOR_BY), help="What colour means.")] = "kind",
    direction: Annotated[str, typer.Option(metavar="|".join(DIRECTIONS), help="Of the data flow.")] = "TB",
    engine: Annotated[str, typer.Option(metavar="|".join(ENGINES), help="Who places the nodes.")] = "native",
    scale: Annotated[float, typer.Option(metavar="X", help="Pixels of a PNG for each unit of the SVG.")] = 2.0,
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
        look = _look(theme, color_by, direction, engine, scale, source_url)
        outputs = plan(output or (), format, name_of(request))
        obtained = obtain(request, console)
        if obtained.error is not None:
            told(obtained.error, console, traceback)
        outputs = named_after(outputs, obtained.name) if not output else outputs
        _draw(obtained.graph, outputs, shown, look, console)
        console.note(summary_line(obtained.graph))
        if obtained.error is not None:
            raise typer.Exit(exit_codes.MODEL_RAISED)


def view_options(depth: str, no_fold: bool, focus: str | None, start: str | None, end: str | None) -> ViewOptions:
    """How much of the graph is shown.

    Raises:
        ViewError: the depth is none, or one of --from and --to is missing.
    """
    if depth not in ("auto", "all") and not DEPTH.fullmatch(depth):
        raise ViewError(f"`--depth {clip(depth)}` is no depth", hint="--depth auto, --depth 2 or --depth all")
    if (start is None) != (end is None):
        raise ViewError("`--from` and `--to` belong together", hint="--from encoder --to head")
    return ViewOptions(int(depth) if DEPTH.fullmatch(depth) else depth, not no_fold, focus=focus, start=start, end=end)


def _look(theme: str, color_by: str, direction: str, engine: str, scale: float, source_url: str) -> RenderOptions:
    one_of("--theme", theme, THEMES)
    one_of("--color-by", color_by, COLOR_BY)
    one_of("--direction", direction, DIRECTIONS)
    one_of("--engine", engine, ENGINES)
    scale_of_png(scale)
    return RenderOptions(theme, color_by, direction, engine, scale, source_url)


def _draw(graph: Graph, outputs: tuple[Output, ...], shown: ViewOptions, look: RenderOptions, console: Console) -> None:
    pictures = []
    with _engine_warnings() as told_by_engine:
        for output in outputs:
            with console.stage(f"drawing {output.format}"):
                pictures.append((output, api.render(graph, output.format, shown, look)))
    for message in dict.fromkeys(str(warning.message) for warning in told_by_engine):
        console.note(message)
    write(pictures)
    for output in outputs:
        if output.path != STDOUT:
            say(output.path + "\n")


@contextmanager
def _engine_warnings() -> Iterator[list[warnings.WarningMessage]]:
    """Collects what the dot engine says when the native one draws in its place."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", EngineWarning)
        yield caught
