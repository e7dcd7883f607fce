"""The command `torchviz-cli`."""

from __future__ import annotations

import sys
from functools import partial
from typing import Annotated

import typer

from graphviz_torch.version import __version__
from torchviz_cli.commands.check import check
from torchviz_cli.commands.diff import diff
from torchviz_cli.commands.docs import DocsCommand, docs
from torchviz_cli.commands.explain import explain
from torchviz_cli.commands.render import render
from torchviz_cli.commands.show import show
from torchviz_cli.parameters import Command
from torchviz_cli.usage import Commands

app = typer.Typer(
    name="torchviz-cli",
    cls=Commands,
    help="See what a PyTorch model really does.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command(cls=Command)(render)
app.command(cls=Command)(show)
app.command(cls=Command)(diff)
app.command(cls=Command)(check)
app.command(cls=DocsCommand)(docs)
app.command(cls=Command)(explain)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"torchviz-cli {__version__}")
        raise typer.Exit


@app.callback()
def common(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """See what a PyTorch model really does."""


def main() -> None:
    """Runs the command line; a check, which is made for models that are broken, in a process of its own."""
    run = partial(app, prog_name="torchviz-cli")
    if sys.argv[1:2] == ["check"]:
        from torchviz_cli.guard import guarded  # the other commands do without

        guarded(run)
    else:
        run()
