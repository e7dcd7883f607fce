"""Small static fonts for a PDF: only the characters that are used, cut from the installed variable font.

A character that this font lacks gets a box of the width that the layout gave it, or nothing where it has no width. It
stays the character that it is, so that a reader can find and copy it.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphviz_torch.layout.text_width import foreign_width
from graphviz_torch.render.fonts import FONT

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

DROPPED = ("GSUB", "GPOS", "GDEF", "STAT", "MVAR", "DSIG")
HEIGHT = 0.72  # of a box, in sizes of the font
SIDE = 0.08
LINE = 0.07


def characters() -> frozenset[str]:
    """What the installed font can show."""
    from fontTools.ttLib import TTFont

    return frozenset(filter(str.isprintable, map(chr, TTFont(FONT, lazy=True).getBestCmap())))


def cut(text: str, weight: int, path: Path) -> None:
    """Writes the font with these characters, at one weight, to a file."""
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont
    from fontTools.varLib.instancer import instantiateVariableFont

    font = TTFont(FONT, lazy=True, recalcTimestamp=False)
    for table in DROPPED:
        if table in font:
            del font[table]
    options = Options()
    options.layout_features = []
    options.hinting = False
    options.notdef_outline = True
    options.recalc_timestamp = False
    cutter = Subsetter(options)
    cutter.populate(text=text)
    cutter.subset(font)
    instantiateVariableFont(font, {"wght": weight, "opsz": 14}, inplace=True)
    _add_boxes(font, sorted(set(text) - set(map(chr, font.getBestCmap()))))
    font.save(path)


def _add_boxes(font: TTFont, signs: Iterable[str]) -> None:
    """Gives each of these characters a box; those of one width share it."""
    from fontTools.ttLib.tables._c_m_a_p import CmapSubtable

    table = CmapSubtable.newSubtable(12)  # holds every code point
    table.platformID, table.platEncID, table.language = 3, 10, 0
    table.cmap = dict(font.getBestCmap())
    font["cmap"].tables = [table]
    names: dict[int, str] = {}
    for sign in signs:
        width = foreign_width(sign)
        if width not in names:
            names[width] = f"box{width}"
            font["glyf"][names[width]] = _box(width, font["head"].unitsPerEm)
            font["hmtx"][names[width]] = (round(width * font["head"].unitsPerEm / 1000), 0)
        table.cmap[ord(sign)] = names[width]


def _box(width: int, size: int) -> Any:
    """The outline of an empty box; of nothing where there is no width."""
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    pen = TTGlyphPen(None)
    if width:
        right, top, side, line = width * size / 1000, HEIGHT * size, SIDE * size, LINE * size
        _rectangle(pen, side, 0, right - side, top)
        _rectangle(pen, right - side - line, line, side + line, top - line)  # the other way round: a hole
    return pen.glyph()


def _rectangle(pen: Any, left: float, low: float, right: float, high: float) -> None:
    pen.moveTo((round(left), round(low)))
    for corner in ((left, high), (right, high), (right, low)):
        pen.lineTo((round(corner[0]), round(corner[1])))
    pen.closePath()
