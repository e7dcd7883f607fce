"""The answer for a terminal: a line a change, what follows from it as a count, totals, and the verdict on old weights.

Glyphs come first and colour second: `+` added, `-` removed, `~` changed, `>` moved or renamed.
"""

from __future__ import annotations

from collections.abc import Iterator

from graphviz_torch.diff.result import Comparison
from graphviz_torch.render.elide import one_line
from graphviz_torch.report import words
from graphviz_torch.report.words import Line

COLOURS = {"+": "32", "-": "31", "~": "33", ">": "34", "quiet": "2", "bold": "1", "breaking": "1;31"}
NARROWEST = 32
LABEL = 16
GAP = "  "
LONGEST = 1000


def render(comparison: Comparison, *, width: int | None = None, color: bool = False) -> str:
    """The answer.

    Args:
        width: of the terminal, in characters; `None` cuts nothing short.
        color: whether to use ANSI colours.
    """
    return "\n".join(found.rstrip() for found in _lines(comparison, width, _Paint(color))) + "\n"


class _Paint:
    def __init__(self, color: bool) -> None:
        self._color = color

    def __call__(self, text: str, style: str) -> str:
        return f"\x1b[{COLOURS[style]}m{text}\x1b[0m" if self._color and text.strip() and style in COLOURS else text


def _lines(comparison: Comparison, width: int | None, paint: _Paint) -> Iterator[str]:
    yield paint(one_line(f"{comparison.old} → {comparison.new}", LONGEST), "bold")
    yield words.headline(comparison)
    if comparison.changes:
        yield ""
        yield from _table([words.line(change) for change in comparison.changes], width, paint)
    yield ""
    for name, change in words.totals(comparison):
        yield f"{paint(name.ljust(LABEL), 'quiet')}{GAP}{change}"
    # Not in columns: scripts look for this line.
    yield f"checkpoint: {words.checkpoint(comparison)} · {words.verdict(comparison)}"
    for note in comparison.notes:
        yield f"{paint('note:', 'quiet')} {one_line(note, LONGEST)}"


def _table(lines: list[Line], width: int | None, paint: _Paint) -> Iterator[str]:
    """Glyph, place, what, count; then severity and source, which gives way first where there is no room."""
    counts = max(len(line.count) for line in lines)
    ends = [GAP.join(filter(None, (line.severity, line.source))) for line in lines]
    places, whats = max(len(line.where) for line in lines), max(len(line.what) for line in lines)
    if width is not None:
        room = width - 2 * len(GAP) - 2 - (counts + len(GAP) if counts else 0)
        if places + whats + max(map(len, ends)) > room - len(GAP):
            ends = [GAP.join(filter(None, (line.severity, line.source.rpartition("/")[2]))) for line in lines]
        if places + whats + max(map(len, ends)) > room - len(GAP):
            ends = [line.severity for line in lines]
        left = max(room - len(GAP) - max(map(len, ends)), NARROWEST)
        places = min(places, max(left - whats, left // 2))
        whats = min(whats, left - places)
    for line, end in zip(lines, ends, strict=True):
        place = one_line(line.where, places)
        what = one_line(line.what, whats)
        cells = [paint(place, line.glyph) + " " * (places - len(place)), what.ljust(whats)]
        if counts:
            cells.append(paint(line.count.rjust(counts), "bold"))
        cells.append(paint(end, "breaking" if line.severity == "breaking" else "quiet"))
        yield f"{GAP}{paint(line.glyph, line.glyph)} {GAP.join(cells)}"
