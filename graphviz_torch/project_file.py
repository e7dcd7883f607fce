"""What a project says in its pyproject.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from graphviz_torch.errors import SettingsError

FILE = "pyproject.toml"


def table(file: Path, dotted: str) -> Any:
    """What the file has under a dotted name; `None` where it has nothing there.

    Raises:
        SettingsError: the file cannot be read.
    """
    try:
        found: Any = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError(f"cannot read {file}: {error}") from None
    for name in dotted.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found
