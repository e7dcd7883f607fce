"""Writes docs/reference/commands.md from the commands themselves: `python scripts/commands_page.py`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer.main

from torchviz_cli.app import application

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "commands.md"
# An option that a help text names without marking it as code.
OPTION = re.compile(r"(?<![`\w-])(--[a-z-]+(?:=\w+)?)")
HEAD = """\
# Commands

Every command and every option, as `torchviz-cli COMMAND --help` prints them. Options that may be repeated are marked
`…`.
"""
EXIT_CODES = """\
## Exit codes

| code | |
|---|---|
| 0 | done |
| 1 | `check` found something, `diff --exit-code` or `--fail-on` a difference, `docs --check` a stale picture |
| 2 | target, input or option is wrong |
| 3 | the model raised; the partial graph was written |
| 70 | an error of ours |
| 130 | interrupted |
"""


def page() -> str:
    """The whole page, as Markdown."""
    group: Any = typer.main.get_command(application(()))
    return "\n".join([HEAD, *(section(name, command) for name, command in group.commands.items()), EXIT_CODES])


def section(name: str, command: Any) -> str:
    """A command: what it does, how it is called, its arguments and options."""
    with command.make_context(name, [], resilient_parsing=True) as context:
        usage = " ".join(["torchviz-cli", name, *command.collect_usage_pieces(context)])
        rows = [row for param in command.get_params(context) if (row := _row(param))]
    table = "\n".join(["| | |", "|---|---|", *rows])
    return f"## {name}\n\n{command.help}\n\n```console\n$ {usage}\n```\n\n{table}\n"


def _row(param: Any) -> str:
    """A line of the table; empty for `--help`."""
    if "--help" in param.opts:
        return ""
    told = _cell(OPTION.sub(r"`\1`", param.help))
    return f"| {', '.join(_spelled(param))} | {told}{_default(param)} |"


def _spelled(param: Any) -> Iterator[str]:
    """What is typed, the short form first, the value behind the last."""
    if param.param_type_name == "argument":
        yield f"`{_cell(param.metavar)}`"
        return
    *short, last = sorted([*param.opts, *param.secondary_opts], key=len)
    yield from (f"`{word}`" for word in short)
    value = f" {param.metavar}" if param.metavar and not param.is_flag else ""
    yield f"`{_cell(last + value)}`{' …' if param.multiple else ''}"


def _default(param: Any) -> str:
    """The default, where there is one to speak of."""
    value = param.default
    if param.required or isinstance(value, bool) or value in (None, "", (), []):
        return ""
    return f" Default: `{f'{value:g}' if isinstance(value, float) else value}`."


def _cell(text: str) -> str:
    """Text that ends no cell."""
    return text.replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
