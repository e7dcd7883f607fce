"""What is said where the command line itself is wrong, in the same words as every other error."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import typer
from typer.core import TyperGroup

from graphviz_torch.errors import TorchvizError
from graphviz_torch.trace import targets
from torchviz_cli import exit_codes
from torchviz_cli.console import Console
from torchviz_cli.parameters import Eased

# typer has carried its own click for a while and used that of others before; this one is whichever it uses.
UsageError: type[Exception] = typer.BadParameter.__mro__[1]


class Commands(Eased, TyperGroup):
    """The group of all commands, which tells usage errors as this command line tells errors."""

    def main(self, args: Sequence[str] | None = None, *, standalone_mode: bool = True, **extra: Any) -> Any:  # type: ignore[override]
        """Runs a command; see `typer.core.TyperGroup.main`."""
        if not standalone_mode:
            return super().main(args, standalone_mode=False, **extra)
        try:
            code = super().main(args, standalone_mode=False, **extra)
        except UsageError as problem:
            _told(problem, args)
        sys.exit(code if isinstance(code, int) else exit_codes.DONE)


def _told(problem: Any, args: Sequence[str] | None) -> NoReturn:
    if type(problem).__name__ == "NoArgsIsHelpError":
        problem.show()
    else:
        words = list(sys.argv[1:] if args is None else args)
        Console().error(_in_our_words(str(problem.format_message()), words, problem.ctx))
    sys.exit(exit_codes.USAGE)


def _in_our_words(message: str, words: list[str], context: Any) -> TorchvizError:
    command = context.command_path if context is not None else "torchviz-cli"
    message = message[:1].lower() + message[1:].removesuffix(".")
    hint = f"{command} --help"
    if message.startswith("no such command") and words and _is_target(words[0]):
        hint = f"torchviz-cli render {shlex.join(words)}"
    elif message.startswith("missing argument"):
        example = "S001" if "'CODE'" in message else "model.py:build"
        hint = f"{command} {example}, or {command} --help"
    elif "unexpected extra argument" in message:
        hint = "each input has its own -i and each file its own -o; quote what has spaces or parentheses"
    return TorchvizError(message, hint=hint)


def _is_target(word: str) -> bool:
    return ":" in word or word.lower().endswith(targets.FILES) or targets.exists(word)
