"""The command `torchviz-cli`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial
from importlib import import_module
from typing import Annotated

import typer

from graphviz_torch.version import __version__
from torchviz_cli.parameters import Command
from torchviz_cli.usage import Commands

COMMANDS = ("render", "show", "diff", "check", "docs", "explain")


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
    """Runs the command line; a check, which is made for models that are broken, in a process of its own."""
    command = partial(run, sys.argv[1:])
    if sys.argv[1:2] == ["check"]:
        from torchviz_cli.guard import guarded  # the other commands do without

        guarded(command)
    else:
        command()
