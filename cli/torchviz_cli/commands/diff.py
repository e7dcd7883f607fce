"""`torchviz-cli diff`: what changed between two versions of a model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from graphviz_torch import api
from graphviz_torch.render.options import RenderOptions
from torchviz_cli import exit_codes, options, views
from torchviz_cli.console import Console
from torchviz_cli.graphs import Request
from torchviz_cli.reporting import reported

if TYPE_CHECKING:
    from graphviz_torch.diff.result import Comparison
    from torchviz_cli.versions.obtain import Version


def diff(
    target: Annotated[
        list[str],
        typer.Argument(metavar="OLD NEW | TARGET", help="FILE.py:OBJECT, REV:FILE.py:OBJECT or a saved GRAPH.json."),
    ],
    against: Annotated[
        str | None, typer.Option(metavar="REV", help="Old version of TARGET (HEAD); `main...` is the merge base.")
    ] = None,
    input: options.InputOption = None,
    input_old: Annotated[
        list[str] | None, typer.Option("--input-old", metavar="INPUT", help="Input of the old version alone.")
    ] = None,
    input_new: Annotated[
        list[str] | None, typer.Option("--input-new", metavar="INPUT", help="Input of the new version alone.")
    ] = None,
    arg: options.ArgOption = None,
    arg_old: Annotated[
        list[str] | None, typer.Option("--arg-old", metavar="NAME=LITERAL", help="Argument of the old version alone.")
    ] = None,
    arg_new: Annotated[
        list[str] | None, typer.Option("--arg-new", metavar="NAME=LITERAL", help="Argument of the new version alone.")
    ] = None,
    train: options.TrainOption = False,
    seed: options.SeedOption = 0,
    tracer: Annotated[str | None, typer.Option(metavar="runtime|autograd|fx", help="Which graph.")] = None,
    level: Annotated[str | None, typer.Option(metavar="function|both|aten", help="The user's words or aten.")] = None,
    map: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="OLD=NEW", help="Paths of one and the same module, or @FILE. Repeatable."),
    ] = None,
    state_dict_map: Annotated[
        str | None, typer.Option(metavar="FILE.json", help="Write old key to new key of every tensor that fits.")
    ] = None,
    as_json: options.JsonOption = False,
    format: Annotated[
        str | None,
        typer.Option("--format", "-f", metavar="FORMAT", help="text, json, markdown, github; for -o by extension."),
    ] = None,
    output: Annotated[
        list[str] | None,
        typer.Option("--output", "-o", metavar="FILE", help="Also write this: svg, png, pdf, dot, mmd, md, json, txt."),
    ] = None,
    context: Annotated[
        int | None, typer.Option(metavar="N", min=0, help="In pictures: unchanged neighbours of a change.")
    ] = None,
    depth: Annotated[
        str,
        typer.Option("--depth", metavar="auto|N|all", help="In pictures: open levels; auto: what changed."),
    ] = "auto",
    no_fold: options.NoFoldOption = False,
    focus: options.FocusOption = None,
    start: options.FromOption = None,
    end: options.ToOption = None,
    theme: options.ThemeOption = "auto",
    direction: options.DirectionOption = "TB",
    engine: options.EngineOption = "native",
    scale: options.ScaleOption = 2.0,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit with 1 where anything differs.")] = False,
    fail_on: Annotated[
        str | None, typer.Option(metavar="breaking|structural|any", help="Exit with 1 at such a change.")
    ] = None,
    quiet: options.QuietOption = False,
    traceback: options.TracebackOption = False,
    timeout: options.TimeoutOption = 0.0,
) -> None:
    """Say what changed between two versions of a model: what was edited, what follows, and whether old weights fit."""
    # What only this command needs is not to slow down the start of the others.
    from torchviz_cli import answers, maps
    from torchviz_cli.versions.obtain import obtain_both
    from torchviz_cli.versions.sides import sides

    console = Console(quiet)
    with reported(console, traceback):
        shown = views.view_options(depth, no_fold, focus, start, end)
        options_of_picture = RenderOptions(theme=theme, direction=direction, engine=engine, scale=scale)
        look = answers.Look(context, shown, views.checked(options_of_picture, console))
        plan = answers.plan("json" if as_json else format, output or (), fail_on, look, quiet=quiet)
        if state_dict_map is not None:
            answers.check_place(state_dict_map)
        old, new = sides(target, against)
        pairs = maps.read(map or ())
        shared = Request(
            "", (), tuple(arg or ()), train, seed, tracer or "runtime", level or "function", timeout
        )  # what both sides have in common
        requests = (
            answers.of_side(shared, input_old or input or (), arg_old or ()),
            answers.of_side(shared, input_new or input or (), arg_new or ()),
        )
        versions = obtain_both(old, new, requests, console, follow=not (train or tracer or level))
        comparison = _compared(versions, pairs)
        answers.give(comparison, versions, plan, console)
        if state_dict_map is not None:
            answers.write_map(comparison, state_dict_map, console)
        raise typer.Exit(_exit_code(comparison, versions, "any" if exit_code else fail_on))


def _compared(versions: tuple[Version, Version], pairs: tuple[tuple[str, str], ...]) -> Comparison:
    from graphviz_torch.diff.options import DiffOptions
    from torchviz_cli import answers, maps

    old, new = versions
    maps.check(pairs, old.graph, new.graph)
    found = api.diff(old.graph, new.graph, DiffOptions(pairs, old.name, new.name))
    return answers.with_notes(found, versions)


def _exit_code(comparison: Comparison, versions: tuple[Version, Version], threshold: str | None) -> int:
    """What the run says to scripts: a model that raised outweighs a difference, which may be due to that alone."""
    from graphviz_torch.report.threshold import fails

    if any(version.raised for version in versions):
        return exit_codes.MODEL_RAISED
    return exit_codes.FINDINGS if fails(comparison, threshold) else exit_codes.DONE
