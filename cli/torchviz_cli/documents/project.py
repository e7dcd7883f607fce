"""Where the project is, and what its pyproject.toml says under `[tool.torchviz-cli]`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graphviz_torch import project_file
from graphviz_torch.errors import SettingsError
from graphviz_torch.project_file import FILE

TABLE = "tool.torchviz-cli"
EXAMPLE = '[[tool.torchviz-cli.docs]] with name = "net", target = "model.py:build", input = "1x32"'


@dataclass(frozen=True, slots=True)
class Project:
    """A folder with a pyproject.toml that lists pictures; `table` is `[tool.torchviz-cli]`."""

    folder: Path
    table: Mapping[str, Any]


def find(start: Path) -> Project:
    """The nearest project around a folder that lists pictures.

    Raises:
        SettingsError: there is none, or its file cannot be read.
    """
    files = [folder / FILE for folder in (start, *start.parents) if (folder / FILE).is_file()]
    if not files:
        raise SettingsError(f"there is no {FILE} in this folder or around it", hint=f"write one: {EXAMPLE}")
    for file in files:
        table = _table(file)
        if "docs" in table:
            return Project(file.parent, table)
    raise SettingsError(f"{files[0]} lists no pictures", hint=f"add {EXAMPLE}")


def _table(file: Path) -> Mapping[str, Any]:
    found = project_file.table(file, TABLE)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise SettingsError(f"{file}: `{TABLE}` is no table", hint=f"[{TABLE}]")
    return found
