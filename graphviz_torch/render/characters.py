"""Characters that the installed font cannot show: which they are, and which of them no font of the machine has.

The rasteriser is asked: a character without a glyph is drawn as every other such one is.
"""

from __future__ import annotations

import unicodedata
import warnings
from collections.abc import Iterable, Iterator
from functools import lru_cache

from graphviz_torch.errors import FontWarning
from graphviz_torch.layout.scene import Scene
from graphviz_torch.layout.text_width import measured
from graphviz_torch.render.fonts import FONT, NAME

NOBODYS = "\U0010fffd"  # for private use: no font has it
MOST = 64
SHOWN = 8
SAMPLE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20">'
    '<text x="9" y="15" font-family="{}" font-size="12">&#{};</text></svg>'
)


def texts(picture: Scene) -> Iterator[str]:
    """Every text of a picture."""
    for box in picture.boxes:
        yield from (text.text for text in box.texts)
        yield from (badge.text for badge in box.badges)
    for card in picture.cards:
        yield from (text.text for text in card.texts)
        yield from (badge.text for badge in card.badges)
    for note in picture.notes:
        yield from (text.text for text in note.texts)
    yield from (label.text.text for label in picture.labels)
    yield from (swatch.text.text for swatch in picture.legend)


def foreign(picture: Scene) -> tuple[str, ...]:
    """The characters of a picture that the installed font has no glyph for, sorted; of very many the first."""
    signs = {sign for text in texts(picture) if not measured(text) for sign in text if not measured(sign)}
    visible = sorted(sign for sign in signs if unicodedata.category(sign)[0] not in "CMZ")
    if not visible:  # nothing has to be drawn to know
        return ()
    none = _drawn(NOBODYS, False)
    return tuple(sign for sign in visible[:MOST] if _drawn(sign, False) == none)


def without_font(signs: Iterable[str]) -> tuple[str, ...]:
    """Those that the fonts of this machine do not have either."""
    none = _drawn(NOBODYS, True)
    return tuple(sign for sign in signs if _drawn(sign, True) == none)


def warn(signs: Iterable[str], where: str) -> None:
    """Says that characters are drawn as boxes, if there are any; `where` goes before them: `no font has`."""
    lost = list(signs)
    if lost:
        more = f" and {len(lost) - SHOWN} more" if len(lost) > SHOWN else ""
        warnings.warn(
            f"{where} {' '.join(lost[:SHOWN])}{more}: drawn as boxes; "
            "an SVG (`-f svg`) is shown with the fonts of whoever opens it",
            FontWarning,
            stacklevel=4,
        )


@lru_cache(maxsize=1024)
def _drawn(sign: str, system: bool) -> bytes:
    """A small picture of one character."""
    import resvg_py

    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=SAMPLE.format(NAME, ord(sign)), skip_system_fonts=not system, font_files=[str(FONT)],
            font_family=NAME, sans_serif_family=NAME,
        )
    )  # fmt: skip
