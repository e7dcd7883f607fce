"""Writes the table of text widths from the font that is installed with us: `python scripts/make_text_widths.py`."""

from __future__ import annotations

from pathlib import Path
from textwrap import fill

from fontpkg_inter import ROOT
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

TARGET = Path(__file__).parent.parent / "graphviz_torch" / "layout" / "inter_widths.py"
RANGES = (
    (0x20, 0x7E),
    (0xA0, 0x17F),
    (0x391, 0x3A9),
    (0x3B1, 0x3C9),
    (0x410, 0x44F),
    (0x2010, 0x2026),
)
SINGLE = "→←↑↓↻−√≤≥≠≈∞∂∑●○■□▲▼✓"
WEIGHTS = (400, 600)
INDENT = "    "
HEAD = '''"""Widths of the characters of Inter in thousandths of an em, written by `scripts/make_text_widths.py`.

Each row is (first code point, widths at weight 400, widths at weight 600) of a run of characters.
"""

# fmt: off
ROWS = (
'''


def runs(codes: list[int]) -> list[list[int]]:
    """Consecutive code points, together."""
    found: list[list[int]] = []
    for code in codes:
        if found and found[-1][-1] == code - 1:
            found[-1].append(code)
        else:
            found.append([code])
    return found


def static(path: Path, codes: list[int], weight: int) -> TTFont:
    """The font with these characters only, at one weight."""
    font = TTFont(path)
    options = Options(layout_features=[], hinting=False, glyph_names=True)
    cutter = Subsetter(options)
    cutter.populate(unicodes=codes)
    cutter.subset(font)
    return instantiateVariableFont(font, {"opsz": 14, "wght": weight})


def table() -> str:
    """The text of the module."""
    path = ROOT / "files" / "Inter[opsz,wght].ttf"
    cmap = TTFont(path).getBestCmap()
    codes = sorted({code for low, high in RANGES for code in range(low, high + 1)} | {ord(sign) for sign in SINGLE})
    known = [code for code in codes if code in cmap]
    fonts = [static(path, known, weight) for weight in WEIGHTS]
    rows = []
    for run in runs(known):
        columns = [tuple(round(font["hmtx"][cmap[code]][0] / 2.048) for code in run) for font in fonts]
        row = f"({run[0]}, {columns[0]}, {columns[1]}),"
        rows.append(fill(row, 110, initial_indent=INDENT, subsequent_indent=INDENT) + "\n")
    return HEAD + "".join(rows) + ")\n"


if __name__ == "__main__":
    TARGET.write_text(table(), encoding="utf-8")
