"""A picture that shows itself: small, apart from others in its page, and a word in place of one that is too large."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graphviz_torch import plugins
from graphviz_torch.errors import RenderError, RenderLimitError
from graphviz_torch.render import formats

# What is in a notebook is read again each time that it is opened, compared or uploaded.
MOST_BYTES = 400_000
UNQUOTED = " '()*,/:;=?@[]{}+!$&~|"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in a page.

    Attributes:
        svg: its text; empty where it would be too large for a page.
        words: what is shown where pictures are not: in terminals, and in place of one that is too large.
    """

    svg: str
    words: str

    def __str__(self) -> str:
        return self.words

    def __repr__(self) -> str:
        return f"<picture, {len(self.svg):,} bytes>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """The picture and the words, for notebooks."""
        del include, exclude
        return {"image/svg+xml": self.svg, "text/plain": self.words} if self.svg else {"text/plain": self.words}

    def image(self) -> str:
        """The picture as an element of HTML that stays apart from its page; empty where there is none."""
        from urllib.parse import quote

        if not self.svg:
            return ""
        return f'<img alt="" style="max-width:100%" src="data:image/svg+xml,{quote(self.svg, UNQUOTED)}">'


def in_page(draw: Callable[[], bytes], words: str, command: str) -> Picture:
    """The picture that `draw` draws, or words only.

    Args:
        draw: raises `RenderLimitError` where the picture is too large.
        words: the same as text.
        command: writes the picture to a file, however large it is.
    """
    from graphviz_torch.render.inline import inline

    try:
        return Picture(inline(draw().decode("utf-8")), words)
    except RenderLimitError as error:
        return Picture("", f"{words.rstrip()}\n\n{error.message}; {command} writes it to a file\n")


def write(path: str | Path, draw: Callable[[str], bytes]) -> None:
    """Writes what `draw` draws in the format that the name of a file ends in.

    Raises:
        RenderError: no format has that name.
    """
    ending = Path(path).suffix.removeprefix(".").lower()
    if not ending:
        known = ", ".join(f".{name}" for name in plugins.names(formats.FORMATS, formats.GROUP))
        raise RenderError(f"`{path}` does not say in which format", details=(f"known endings: {known}",))
    data = draw(ending)
    Path(path).write_bytes(data)
