"""How wide a text is, from the table of the one font that is installed with us, on any machine."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from graphviz_torch.layout.inter_widths import ROWS
from graphviz_torch.layout.styles import FONTS

ELLIPSIS = "…"
WIDE = 1350  # emoji of the usual fallback fonts
UNKNOWN = 800


def _columns() -> tuple[dict[str, int], dict[str, int]]:
    regular: dict[str, int] = {}
    bold: dict[str, int] = {}
    for first, light, heavy in ROWS:
        regular.update(zip(map(chr, range(first, first + len(light))), light, strict=True))
        bold.update(zip(map(chr, range(first, first + len(heavy))), heavy, strict=True))
    return regular, bold


_REGULAR, _BOLD = _columns()


def measured(text: str) -> bool:
    """Whether the widths of all characters are known; the font may have others."""
    return _REGULAR.keys() >= set(text)


def foreign_width(sign: str) -> int:
    """The width of a character that the font may lack, on the safe side, in thousandths of the size."""
    if unicodedata.combining(sign) or unicodedata.category(sign) in ("Mn", "Me", "Cf"):
        return 0
    return WIDE if unicodedata.east_asian_width(sign) in "WF" or ord(sign) > 0xFFFF else UNKNOWN


@lru_cache(maxsize=65536)
def text_width(text: str, style: str) -> float:
    """The width in pixels of one line in one of the styles of `FONTS`."""
    size, weight = FONTS[style]
    table = _BOLD if weight >= 600 else _REGULAR
    try:
        units = sum(map(table.__getitem__, text))
    except KeyError:
        units = sum(table[sign] if sign in table else foreign_width(sign) for sign in text)
    return units * size / 1000


@lru_cache(maxsize=4096)
def elide(text: str, style: str, limit: float) -> str:
    """The text, with its middle left out where it is wider than `limit` pixels."""
    if text_width(text, style) <= limit if len(text) < 400 else False:
        return text
    size = FONTS[style].size
    room = max(4, min(len(text), int(limit / size * 3)))
    while room > 2:
        head = room * 3 // 5
        short = text[:head].rstrip() + ELLIPSIS + text[len(text) - (room - head) :].lstrip()
        if text_width(short, style) <= limit:
            return short
        room -= 1
    return ELLIPSIS


def wrap(text: str, style: str, limit: float, most: int) -> list[str]:
    """The text in at most `most` lines, each within `limit` pixels; the last one is cut where it does not end."""
    lines: list[str] = []
    rest = " ".join(text[:2000].split())
    while rest and len(lines) < most - 1 and text_width(rest, style) > limit:
        end = rest.rfind(" ", 0, _fitting(rest, style, limit) + 1)
        if end <= 0:
            break
        lines.append(rest[:end])
        rest = rest[end + 1 :]
    return [*lines, elide(rest, style, limit)]


def _fitting(text: str, style: str, limit: float) -> int:
    """How many characters fit."""
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if text_width(text[:middle], style) <= limit else (low, middle - 1)
    return low
