"""What the options of pictures mean: how much of a graph is shown, and how it looks."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from graphviz_torch.errors import EngineWarning, FontWarning, ViewError
from graphviz_torch.passes.options import ViewOptions
from graphviz_torch.render.options import COLOR_BY, DIRECTIONS, ENGINES, THEMES, RenderOptions
from graphviz_torch.trace.said import clip
from torchviz_cli.checks import one_of, scale_of_png
from torchviz_cli.console import Console

DEPTH = re.compile(r"[0-9]{1,9}")


def view_options(depth: str, no_fold: bool, focus: str | None, start: str | None, end: str | None) -> ViewOptions:
    """How much of the graph is shown.

    Raises:
        ViewError: the depth is none, or one of --from and --to is missing.
    """
    if depth not in ("auto", "all") and not DEPTH.fullmatch(depth):
        raise ViewError(f"`--depth {clip(depth)}` is no depth", hint="--depth auto, --depth 2 or --depth all")
    if (start is None) != (end is None):
        raise ViewError("`--from` and `--to` belong together", hint="--from encoder --to head")
    return ViewOptions(int(depth) if DEPTH.fullmatch(depth) else depth, not no_fold, focus=focus, start=start, end=end)


def checked(look: RenderOptions, console: Console) -> RenderOptions:
    """How it looks, with the colours of a theme of the project in place of its name.

    Raises:
        RenderError: an option has no such value.
        SettingsError: the themes of the project are not as they should be.
    """
    look = themed(look, console)
    one_of("--color-by", look.color_by, COLOR_BY)
    one_of("--direction", look.direction, DIRECTIONS)
    one_of("--engine", look.engine, ENGINES)
    scale_of_png(look.scale)
    return look


def themed(look: RenderOptions, console: Console) -> RenderOptions:
    """The same with the colours of a theme of the project in place of its name.

    Raises:
        RenderError: there is no such theme.
        SettingsError: the themes of the project are not as they should be.
    """
    if look.theme in THEMES:
        return look
    from graphviz_torch.render import own_themes

    found = own_themes.resolved(look, own_themes.find(Path.cwd()))
    for line in own_themes.weak(look.theme, found):
        console.note(line)
    return found


@contextmanager
def warnings_told(console: Console) -> Iterator[None]:
    """Passes on that the native engine draws in place of another, and that a font lacks characters."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("ignore")
        for kind in (EngineWarning, FontWarning):
            warnings.simplefilter("always", kind)
        yield
    for message in dict.fromkeys(str(warning.message) for warning in caught):
        console.note(message)
