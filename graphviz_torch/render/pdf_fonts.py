"""Small static fonts for a PDF: only the characters that are used, cut from the installed variable font."""

from __future__ import annotations

from pathlib import Path

from graphviz_torch.render.fonts import FONT

DROPPED = ("GSUB", "GPOS", "GDEF", "STAT", "MVAR", "DSIG")


def characters() -> frozenset[str]:
    """What the installed font can show."""
    from fontTools.ttLib import TTFont

    return frozenset(map(chr, TTFont(FONT, lazy=True).getBestCmap()))


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
    font.save(path)
