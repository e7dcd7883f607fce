"""Themes of a project: `[tool.torchviz-cli.themes.NAME]` in its pyproject.toml, a base and colours by their names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from graphviz_torch.errors import RenderError, SettingsError
from graphviz_torch.project_file import FILE, table
from graphviz_torch.render import contrast
from graphviz_torch.render.options import THEMES, RenderOptions
from graphviz_torch.render.theme import BUILT_IN, DARK, NAMES, checked, of, unknown

TABLE = "tool.torchviz-cli.themes"
BASE = "base"
# A theme that follows the reader has each of its sides as a theme of its own.
SIDES = {"auto": ("light", "dark"), "colorblind": ("colorblind-light", "colorblind-dark")}
SHOWN = {own: name for name, own in NAMES.items()}


@dataclass(frozen=True, slots=True)
class OwnTheme:
    """A base, and colours in place of its own, as `RenderOptions.colours` has them."""

    base: str
    colours: tuple[tuple[str, str], ...]


Themes = Mapping[str, OwnTheme]


def find(start: Path) -> Themes:
    """The themes of the nearest project around a folder that has any.

    Raises:
        SettingsError: one of them is not as it should be, or its file cannot be read.
    """
    found = file(start)
    return read(table(found, TABLE)) if found is not None else {}


def file(start: Path) -> Path | None:
    """The nearest project file around a folder that has themes."""
    files = (folder / FILE for folder in (start, *start.parents))
    return next((path for path in files if path.is_file() and table(path, TABLE)), None)


def read(rows: Any) -> Themes:
    """The themes in a table, with those that are the sides of others.

    Raises:
        SettingsError: one of them is not as it should be.
    """
    if not isinstance(rows, dict) or not all(isinstance(row, dict) for row in rows.values()):
        raise SettingsError(f"`{TABLE}` is no table of tables", hint=f"[{TABLE}.house]")
    found: dict[str, OwnTheme] = {}
    for name, row in rows.items():
        theme = _theme(name, row)
        found.update({name: theme, **dict(_sides(name, theme))})
    for name in found:
        if name in (*THEMES, "pair"):
            raise SettingsError(f"[{TABLE}.{name}]: there is a theme of that name already", hint=f"[{TABLE}.house]")
    return found


def resolved(look: RenderOptions, themes: Themes) -> RenderOptions:
    """The same look without the name of a theme of the project.

    Raises:
        RenderError: there is no such theme.
    """
    if look.theme in THEMES:
        return look
    if look.theme not in themes:
        raise unknown(f"there is no theme `{look.theme}`", look.theme, (*THEMES, *themes), "themes")
    own = themes[look.theme]
    return replace(look, theme=own.base, colours=own.colours)


def weak(name: str, look: RenderOptions) -> tuple[str, ...]:
    """A sentence on each text or line of a theme that is hard to read; none of a theme that came with us."""
    if not look.colours:
        return ()
    theme = of(look)
    told = [
        f"theme `{name}`: `{side}{SHOWN[front]}` on `{side}{SHOWN[ground]}` has a contrast of {ratio:.1f}:1,"
        f" less than {contrast.LEAST}:1"
        for side, colours in (("", theme.colours), (DARK, theme.dark or {}))
        if colours
        for front, ground, ratio in contrast.weak(colours)
    ]
    return tuple(told)


def _theme(name: str, row: Mapping[str, Any]) -> OwnTheme:
    where = f"[{TABLE}.{name}]"
    base = row.get(BASE, "auto")
    if base not in THEMES:
        raise SettingsError(f"{where}: `base = {base!r}` is no theme", details=(f"themes: {', '.join(THEMES)}",))
    dark = row.get("dark", {})
    if not isinstance(dark, dict):
        raise SettingsError(f"{where}: `dark` is a table of colours", hint=f"[{TABLE}.{name}.dark]")
    if dark and BUILT_IN[base].dark is None:
        raise SettingsError(
            f"{where}: `{base}` has no dark side", hint='base = "auto", whose `dark` is for readers with a dark system'
        )
    colours = {key: value for key, value in row.items() if key not in (BASE, "dark")}
    colours |= {f"{DARK}{key}": value for key, value in dark.items()}
    try:
        return OwnTheme(base, tuple((key, checked(key, value)) for key, value in colours.items()))
    except RenderError as error:
        raise SettingsError(f"{where}: {error.message}", details=error.details, hint=error.hint) from None


def _sides(name: str, theme: OwnTheme) -> Iterator[tuple[str, OwnTheme]]:
    """`NAME-light` and `NAME-dark` of a theme that follows the reader."""
    if theme.base not in SIDES:
        return
    light, dark = SIDES[theme.base]
    plain = tuple(pair for pair in theme.colours if not pair[0].startswith(DARK))
    own = tuple((key.removeprefix(DARK), value) for key, value in theme.colours if key.startswith(DARK))
    yield f"{name}-light", OwnTheme(light, plain)
    yield f"{name}-dark", OwnTheme(dark, own)
