"""The report for a terminal, in the way compilers tell: what, where, the line, how it came about, what helps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from graphviz_torch.check.finding import SEVERITIES, Finding, Step, Table
from graphviz_torch.check.lines import Lines
from graphviz_torch.ir.graph import SourceLocation

if TYPE_CHECKING:
    from graphviz_torch.check.report import Report

STYLES = {"error": "1;31", "warning": "1;33", "info": "1;34", "bold": "1", "quiet": "2"}
LONGEST = 400
MOST_OTHERS = 6
COLUMN_LIMIT = 48


class Paint:
    """Colours words, or leaves them as they are."""

    def __init__(self, color: bool = False) -> None:
        self._color = color

    def __call__(self, words: str, style: str) -> str:
        """The words in a style."""
        return f"\x1b[{STYLES[style]}m{words}\x1b[0m" if self._color and words else words


def render(report: Report, *, color: bool = False) -> str:
    """The whole report."""
    paint = Paint(color)
    blocks = [finding(one, report.lines, paint) for one in report.findings]
    return "\n\n".join([*blocks, "\n".join(_end(report, paint))]) + "\n"


def _end(report: Report, paint: Paint) -> Iterator[str]:
    what = f"{report.target}: " if report.target else ""
    yield paint(f"{what}{counted(report.findings)}", "bold")
    yield paint(f"looked for {', '.join(report.checked) or 'nothing'}", "quiet")
    for code, why in report.skipped:
        yield paint(f"not looked for {code}: {why}", "quiet")
    for note in report.notes:
        yield paint(f"note: {note}", "quiet")


def counted(findings: Sequence[Finding]) -> str:
    """`1 error, 2 warnings`; `no findings`."""
    counts = Counter(found.severity for found in findings)
    words = [_count(counts[severity], severity) for severity in SEVERITIES if counts[severity]]
    return ", ".join(words) or "no findings"


def _count(number: int, severity: str) -> str:
    plural = "" if number == 1 or severity == "info" else "s"
    return f"{number} {severity}{plural}"


def finding(found: Finding, lines: Lines, paint: Paint | None = None) -> str:
    """One finding."""
    return "\n".join(line.rstrip() for line in _lines(found, lines, paint or Paint()))


def _lines(found: Finding, lines: Lines, paint: Paint) -> Iterator[str]:
    head = paint(f"{found.severity}[{found.code}]", found.severity)
    yield f"{head}{paint(':', 'bold')} {paint(_clip(found.message), 'bold')}"
    gutter = len(str(found.source.line)) if found.source is not None else 1
    yield _where(found, gutter)
    if found.source is not None and found.source.code:
        yield from _code(lines.text(found.source), found.source, gutter, paint, found.severity)
    margin = " " * (gutter + 1)
    if found.dataflow:
        yield from _flow(found.dataflow, margin)
    if found.others:
        more = len(found.others) - MOST_OTHERS
        names = ", ".join(found.others[:MOST_OTHERS]) + (f" and {more} more" if more > 0 else "")
        yield f"{margin}= likewise: {names}"
    for table in found.tables:
        yield from _table(table, margin)
    for note in found.notes:
        yield f"{margin}= note: {_clip(note)}"
    if found.help:
        yield f"{margin}= {paint('help', 'bold')}: {_clip(found.help)}"
    if found.said:
        yield f"{margin}= torch said: {_clip(found.said)}"


def _where(found: Finding, gutter: int) -> str:
    names = ", ".join(name for name in (found.module, found.type) if name)
    place = found.source
    if place is None:
        return f"{' ' * gutter}--> {names or 'the model'}"
    inside = f" in {place.function}" if place.function else ""
    return f"{' ' * gutter}--> {place.file}:{place.line}{inside}" + (f"   ({names})" if names else "")


def _code(line: str, place: SourceLocation, gutter: int, paint: Paint, style: str) -> Iterator[str]:
    """The line with a mark below what is meant; without it where the columns are not known."""
    blank = f"{' ' * gutter} |"
    yield blank
    line = line.replace("\t", " ")
    yield f"{place.line} | {line[:LONGEST]}"
    known = 0 < place.column < place.end_column and line.strip() and line != place.code
    if known or (line == place.code and place.column == 1 and place.end_column > 1):
        width = min(place.end_column, len(line) + 1) - place.column
        yield f"{blank} {' ' * (place.column - 1)}{paint('^' * max(width, 1), style)}"
    else:
        yield blank


def _flow(steps: Sequence[Step], margin: str) -> Iterator[str]:
    """The data flow in columns."""
    whats = min(max(len(step.what) for step in steps), COLUMN_LIMIT)
    shapes = max(len(step.shape) for step in steps)
    places = [f"{step.source.file}:{step.source.line}" if step.source is not None else "" for step in steps]
    wide = max(map(len, places))
    word = "= dataflow: "
    for number, (step, place) in enumerate(zip(steps, places, strict=True)):
        lead = word if number == 0 else " " * len(word)
        yield f"{margin}{lead}{step.what:<{whats}}  {step.shape:<{shapes}}  {place:<{wide}}  {step.remark}"


def _table(table: Table, margin: str) -> Iterator[str]:
    """The rows in columns; numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*table.rows, strict=True)]
    word = f"= {table.title}: "
    for number, row in enumerate(table.rows):
        lead = word if number == 0 else " " * len(word)
        cells = [f"{cell:>{width}}" for cell, width in zip(row[1:], widths[1:], strict=True)]
        yield f"{margin}{lead}{row[0]:<{widths[0]}}  {'  '.join(cells)}"


def _clip(words: str) -> str:
    """One line, not without end."""
    line = " ".join(words.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 4] + " ..."
