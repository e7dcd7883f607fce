"""`torchviz-cli show`: the graph as a tree in the terminal."""

from __future__ import annotations

import json
import shutil
import sys
from typing import Annotated

import typer

from graphviz_torch import api
from torchviz_cli import exit_codes, options
from torchviz_cli.console import Console
from torchviz_cli.failure import told
from torchviz_cli.graphs import Request, obtain
from torchviz_cli.output import say
from torchviz_cli.reporting import reported
from torchviz_cli.views import view_options

WIDTH = 100
WIDEST = 140
FORMAT_VERSION = 1


def show(
    target: options.TargetArgument,
    input: options.InputOption = None,
    arg: options.ArgOption = None,
    train: options.TrainOption = False,
    seed: options.SeedOption = 0,
    tracer: options.TracerOption = "runtime",
    level: options.LevelOption = "function",
    depth: options.DepthOption = "all",
    no_fold: options.NoFoldOption = False,
    focus: options.FocusOption = None,
    start: options.FromOption = None,
    end: options.ToOption = None,
    operations: Annotated[bool, typer.Option("--operations", help="List operations between the layers too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the totals as one JSON document.")] = False,
    quiet: options.QuietOption = False,
    traceback: options.TracebackOption = False,
    timeout: options.TimeoutOption = 0.0,
) -> None:
    """Show a model as a tree, with shapes, parameters and totals."""
    console = Console(quiet)
    with reported(console, traceback):
        request = Request(target, tuple(input or ()), tuple(arg or ()), train, seed, tracer, level, timeout)
        shown = view_options(depth, no_fold, focus, start, end)
        obtained = obtain(request, console)
        if obtained.error is not None:
            told(obtained.error, console, traceback)
        if as_json:
            document = {"format_version": FORMAT_VERSION, **api.summary(obtained.graph)}
            text = json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False)
        else:
            terminal = sys.stdout.isatty()
            width = min(shutil.get_terminal_size((WIDTH, 24)).columns, WIDEST) if terminal else WIDTH
            text = api.show(obtained.graph, shown, width=width, color=terminal and console.color, operations=operations)
        say(text.rstrip("\n") + "\n")
        if obtained.error is not None:
            raise typer.Exit(exit_codes.MODEL_RAISED)
