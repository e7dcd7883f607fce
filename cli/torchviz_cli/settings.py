"""What the project of a target says about checks: `[tool.torchviz-cli.check]` in its pyproject.toml."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from graphviz_torch import project_file
from graphviz_torch.errors import CheckError, SettingsError
from graphviz_torch.trace import targets
from torchviz_cli.checks import one_of

TABLE = "tool.torchviz-cli.check"
LEVELS = ("error", "warning")


@dataclass(frozen=True, slots=True)
class Settings:
    """Which codes, and what makes the command fail."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_on: str = "warning"


def read(target: str) -> Settings:
    """The settings of the nearest project around a target that has any.

    Raises:
        CheckError: a setting is unknown or not of its kind.
    """
    for file in _projects(target):
        try:
            table = project_file.table(file, TABLE)
        except SettingsError:  # whatever is wrong with it, it is for others to say
            continue
        if isinstance(table, dict):
            return _settings(table, file.name)
    return Settings()


def merged(
    found: Settings, select: Sequence[str] | None, ignore: Sequence[str] | None, fail_on: str | None
) -> Settings:
    """The settings, where the command line says nothing else.

    Raises:
        RenderError: `--fail-on` has no such value.
    """
    if fail_on is not None:
        one_of("--fail-on", fail_on, LEVELS)
        found = replace(found, fail_on=fail_on)
    if select:
        found = replace(found, select=_words(select))
    if ignore:
        found = replace(found, ignore=_words(ignore))
    return found


def _words(texts: Sequence[str]) -> tuple[str, ...]:
    """`S,D` and repeated options, as words."""
    return tuple(word.strip() for text in texts for word in text.split(","))


def _projects(target: str) -> Iterator[Path]:
    """The project files around a target, the nearest first."""
    locator = targets.parse(target).locator
    start = Path(locator).resolve().parent if targets.exists(locator) else Path.cwd()
    for folder in (start, *start.parents):
        if (folder / "pyproject.toml").is_file():
            yield folder / "pyproject.toml"


def _settings(table: dict[str, Any], file: str) -> Settings:
    known = {"select", "ignore", "fail-on"}
    for name in table:
        if name not in known:
            raise CheckError(
                f"{file}: [{TABLE}] has no setting `{name}`", details=(f"known: {', '.join(sorted(known))}",)
            )
    for name in ("select", "ignore"):
        value = table.get(name, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise CheckError(f"{file}: `{name}` of [{TABLE}] is a list of codes", hint=f'{name} = ["P001"]')
    level = table.get("fail-on", "warning")
    if level not in LEVELS:
        raise CheckError(f"{file}: `fail-on` of [{TABLE}] is one of {', '.join(LEVELS)}")
    return Settings(tuple(table.get("select", ())), tuple(table.get("ignore", ())), level)
