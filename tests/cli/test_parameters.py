"""Parameters that are converted only where they need it get the values that typer itself would give."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
import typer
from typer.core import TyperCommand

from torchviz_cli.parameters import Command
from torchviz_cli.usage import UsageError

LINES = (
    "a",
    "a b c",
    "a --many x --many y --many 3",
    "a --maybe x --number 7 --real 2 --flag",
    "a --number 007 --real 1e3",
    "a --real .5 --maybe 12",
    "--number 3 -- -a --flag",
    "a --number x",
    "a --number -1",
    "a --number 11",
    "a --real no",
    "",
    "a --maybe",
)


def _given(
    words: list[str],
    number: Annotated[int, typer.Option(min=0, max=10)] = 0,
    real: float = 0.5,
    many: list[str] | None = None,
    maybe: str | None = None,
    at_most: Annotated[int | None, typer.Option(min=0)] = None,
    flag: bool = False,
) -> list[Any]:
    return [words, number, real, many, maybe, at_most, flag]


def _answer(kind: type[TyperCommand], line: str) -> str:
    app = typer.Typer(rich_markup_mode=None)
    app.command(cls=kind)(_given)
    try:
        return repr(app(args=line.split(), standalone_mode=False))
    except UsageError as wrong:
        return str(wrong)


@pytest.mark.parametrize("line", LINES)
def test_values_are_those_that_typer_gives(line: str) -> None:
    assert _answer(Command, line) == _answer(TyperCommand, line)
