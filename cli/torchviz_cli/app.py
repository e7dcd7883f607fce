"""The command `torchviz-cli`."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from importlib import import_module
from math import isfinite
from typing import Annotated

import typer

from graphviz_torch.version import __version__
from torchviz_cli.parameters import Command
from torchviz_cli.usage import Commands

COMMANDS = ("render", "show", "diff", "check", "docs", "explain")
# Those that run the user's code themselves; `diff` and `docs` do it in processes that they watch.
RUNNING = ("render", "show", "check")


def run(words: Sequence[str]) -> None:
    """Runs a command line, and ends the process with its exit code."""
    application(words)(args=list(words), prog_name="torchviz-cli")


def application(words: Sequence[str]) -> typer.Typer:
    """The commands: the one that `words` begin with, else all of them, since making them costs more than most runs."""
    app = typer.Typer(
        name="torchviz-cli",
        cls=Commands,
        help="See what a PyTorch model really does.",
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    for name in [name for name in words[:1] if name in COMMANDS] or COMMANDS:
        module = import_module(f"torchviz_cli.commands.{name}")
        app.command(cls=getattr(module, "KIND", Command))(getattr(module, name))
    app.callback()(_common)
    return app


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"torchviz-cli {__version__}")
        raise typer.Exit


def _common(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """See what a PyTorch model really does."""


def main() -> None:
    """Runs the command line; what runs the user's code in this process, with another process around it."""
    words = sys.argv[1:]
    if words and words[0] in RUNNING and not _harmless(words[1:]):
        from torchviz_cli.guard import guarded  # the others do without

        guarded(partial(run, words), _limit(words))
    else:
        try:
            run(words)
        finally:
            gc.freeze()  # large graphs are not looked through once more on the way out


def _harmless(words: Sequence[str]) -> bool:
    """Whether no code of the user's will run: help is asked for, or a saved graph is drawn."""
    return words[:1] == [] or words[0].endswith(".json") or not {"-h", "--help"}.isdisjoint(words)


def _limit(words: Sequence[str]) -> float:
    """The seconds of --timeout; what is no number is refused later."""
    found = 0.0
    for word, following in zip(words, (*words[1:], ""), strict=True):
        name, _, value = word.partition("=")
        if name == "--timeout":
            with suppress(ValueError):
                found = max(float(value or following), 0.0)
    return found if isfinite(found) else 0.0
