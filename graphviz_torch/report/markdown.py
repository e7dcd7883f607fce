"""The answer for a pull request: the verdict, a table, the rest folded away, totals, and the changed part drawn.

A hidden marker in the first line lets a bot find its own comment again and replace it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from graphviz_torch.diff.result import Comparison
from graphviz_torch.render.elide import one_line
from graphviz_torch.report import words
from graphviz_torch.report.words import Line

MARKER = "<!-- torchviz-cli diff -->"
ROWS = 15
LONGEST = 65_536
LONGEST_CELL = 160
HEAD = ("| | where | what | severity | source |", "|---|---|---|---|---|")
CUT = "\n… the rest is left out: a comment holds 65,536 characters.\n"
SPECIAL = re.compile(r"([\\`*_{}\[\]<>|~#@$&])")


def render(comparison: Comparison, mermaid: str = "") -> str:
    """The comment; `mermaid` is the picture of the changed part, left out where it does not fit."""
    head, rows = "\n".join(_head(comparison)), [words.line(change) for change in comparison.changes]
    tail = "\n".join(_tail(comparison))
    drawn = f"\n```mermaid\n{mermaid.rstrip()}\n```\n" if mermaid and "```" not in mermaid else ""
    whole = _joined(head, _table(rows), drawn, tail)
    if len(whole) > LONGEST:
        whole = _joined(head, _table(rows), "", tail)
    while len(whole) > LONGEST and rows:
        rows = rows[: len(rows) // 2]
        whole = _joined(head, _table(rows) + CUT, "", tail)
    return whole if len(whole) <= LONGEST else whole[: LONGEST - len(CUT)] + CUT


def _joined(*parts: str) -> str:
    return "\n\n".join(part.strip("\n") for part in parts if part) + "\n"


def _head(comparison: Comparison) -> Iterator[str]:
    yield MARKER
    yield f"**{_escaped(words.headline(comparison))}** · {_escaped(words.verdict(comparison))}"
    yield ""
    yield f"{_code(comparison.old)} → {_code(comparison.new)}"
    yield ""


def _table(rows: Sequence[Line]) -> str:
    if not rows:
        return ""
    lines = ["", *HEAD, *map(_row, rows[:ROWS]), ""]
    if len(rows) > ROWS:
        lines += ["<details>", f"<summary>{len(rows) - ROWS} more</summary>", "", *HEAD, *map(_row, rows[ROWS:]), ""]
        lines += ["</details>", ""]
    return "\n".join(lines)


def _row(line: Line) -> str:
    count = f" {line.count}" if line.count else ""
    cells = [f"`{line.glyph}`", _code(line.where), _cell(line.what) + count, line.severity, _code(line.source)]
    return f"| {' | '.join(cells)} |"


def _tail(comparison: Comparison) -> Iterator[str]:
    yield ""
    yield "| | |"
    yield "|---|---|"
    for name, change in words.totals(comparison):
        yield f"| {name} | {change} |"
    yield f"| checkpoint | {words.checkpoint(comparison)} |"
    if comparison.notes:
        yield ""
        yield from (f"> {_cell(note)}" for note in comparison.notes)


def _code(text: str) -> str:
    """Text in code marks, with as many as it takes."""
    shown = one_line(text, LONGEST_CELL).replace("|", "\\|")
    if not shown:
        return ""
    ticks = "`" * (max((len(run) for run in re.findall("`+", shown)), default=0) + 1)
    air = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{ticks}{air}{shown}{air}{ticks}"


def _cell(text: str) -> str:
    return _escaped(one_line(text, LONGEST_CELL))


def _escaped(text: str) -> str:
    return SPECIAL.sub(r"\\\1", text)
