"""Checks of what options say, shared by the commands."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from graphviz_torch.errors import RenderError


def one_of(option: str, value: str, allowed: Sequence[str]) -> None:
    """Refuses a value that an option does not know.

    Raises:
        RenderError: it is none of those allowed.
    """
    if value not in allowed:
        raise RenderError(f"`{option} {value}` is not known", details=(f"known: {', '.join(allowed)}",))


def scale_of_png(scale: float) -> None:
    """Refuses a scale that no picture can have.

    Raises:
        RenderError: it is not above 0 and up to 16.
    """
    if not 0 < scale <= 16:
        raise RenderError(f"`--scale {scale:g}` is not between 0 and 16", hint="--scale 2")


def unknown_format(name: str, known: Sequence[str], problem: str) -> RenderError:
    """What is said of a format that is none of those known."""
    close = difflib.get_close_matches(name[:40], known, 1)
    return RenderError(problem, details=(formats_told(known),), hint=f"did you mean {close[0]}?" if close else None)


def formats_told(known: Sequence[str]) -> str:
    """The formats in a line."""
    return f"formats: {', '.join(known)}"
