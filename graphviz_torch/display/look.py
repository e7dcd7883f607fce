"""The options of pictures as keywords, as they are typed in notebooks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, TypedDict

from graphviz_torch.errors import RenderError
from graphviz_torch.passes.options import ViewOptions
from graphviz_torch.render.options import THEMES, RenderOptions


class Look(TypedDict, total=False):
    """How much of a graph is drawn, as in `ViewOptions`, and how it looks, as in `RenderOptions`."""

    depth: int | str
    fold: bool
    prune: bool
    focus: str | None
    start: str | None
    end: str | None
    budget: int
    theme: str
    color_by: str
    direction: str
    engine: str
    scale: float
    source_url: str
    links: tuple[tuple[str, str], ...]
    title: str
    description: str
    most_bytes: int
    colours: tuple[tuple[str, str], ...]


def view_options(look: Mapping[str, Any]) -> ViewOptions:
    """Those that say how much is drawn.

    Raises:
        RenderError: there is no such option.
    """
    _check(look)
    return ViewOptions(**{name: look[name] for name in _names(ViewOptions) if name in look})


def render_options(look: Mapping[str, Any]) -> RenderOptions:
    """Those that say how it looks.

    Raises:
        RenderError: there is no such theme.
        SettingsError: the themes of the project are not as they should be.
    """
    options = RenderOptions(**{name: look[name] for name in _names(RenderOptions) if name in look})
    if options.theme in THEMES:
        return options
    from graphviz_torch.render import own_themes

    return own_themes.resolved(options, own_themes.find(Path.cwd()))


def command(call: str, file: str, look: Mapping[str, Any]) -> str:
    """The line that writes such a picture to a file, however large it is."""
    words = [f"{name}={value!r}" for name, value in look.items() if name != "most_bytes"]
    return f"{call}({', '.join([repr(file), *words])})"


def _names(options: type[ViewOptions | RenderOptions]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(options))


def _check(look: Mapping[str, Any]) -> None:
    from difflib import get_close_matches

    known = (*_names(ViewOptions), *_names(RenderOptions))
    for name in look:
        if name not in known:
            near = get_close_matches(name, known, 1)
            hint = f"did you mean `{near[0]}`?" if near else None
            raise RenderError(f"pictures have no option `{name}`", details=(f"options: {', '.join(known)}",), hint=hint)
