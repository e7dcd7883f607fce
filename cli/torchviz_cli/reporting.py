"""From exceptions to messages and exit codes."""

from __future__ import annotations

import traceback as tracebacks
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from graphviz_torch.errors import TorchvizError
from torchviz_cli import exit_codes
from torchviz_cli.console import Console
from torchviz_cli.limits import OutOfTimeError


@contextmanager
def reported(console: Console, traceback: bool) -> Iterator[None]:
    """Turns whatever the block raises into a message for people and an exit code for scripts."""
    try:
        yield
    except typer.Exit:
        raise
    except TorchvizError as error:
        if traceback:
            tracebacks.print_exc()
        console.error(error)
        raise typer.Exit(exit_codes.USAGE) from None
    except OutOfTimeError as error:
        console.error(TorchvizError(str(error), hint="give it more seconds, or leave --timeout away"))
        raise typer.Exit(exit_codes.USAGE) from None
    except KeyboardInterrupt:
        console.interrupted()
        raise typer.Exit(exit_codes.INTERRUPTED) from None
    except Exception as error:  # noqa: BLE001 - the last line of defence: no traceback of ours reaches the terminal
        if traceback:
            tracebacks.print_exc()
        console.error(_ours(error, traceback))
        raise typer.Exit(exit_codes.OUR_ERROR) from None


def _ours(error: Exception, traceback: bool) -> TorchvizError:
    where = tracebacks.extract_tb(error.__traceback__)[-1]
    return TorchvizError(
        f"this is a fault of torchviz-cli: {type(error).__name__}: {error}",
        details=(f"at line {where.lineno} of {where.filename.rpartition('/')[2]}, in {where.name}",),
        hint="please report it with these lines" if traceback else "run again with --traceback, and please report it",
    )
