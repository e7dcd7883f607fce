"""The tree of module calls for the terminal: a line a call, with what it is, makes and holds; then the totals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from graphviz_torch.ir.graph import Graph
from graphviz_torch.ir.walks import GraphIndex
from graphviz_torch.layout.rolled import rolled
from graphviz_torch.layout.words import humanised, shape_words
from graphviz_torch.render.elide import one_line
from graphviz_torch.render.totals import summary
from graphviz_torch.render.tree_rows import Row, rows

NARROWEST = 40
SHORTEST_NAME = 10
GAP = "  "
STYLES = {"name": "1", "quiet": "2", "shape": "36", "count": "33", "bad": "1;31", "warn": "33"}
BYTES = ("B", "kB", "MB", "GB", "TB")


def render_tree(
    graph: Graph,
    width: int = 100,
    color: bool = False,
    *,
    operations: bool = False,
    totals: Mapping[str, Any] | None = None,
) -> str:
    """The tree and the totals.

    Args:
        graph: best with repeats folded; then each is one line with its count.
        width: of the terminal, in characters.
        color: whether to use ANSI colours.
        operations: whether to list the operations between the layers too.
        totals: what `summary` says of the whole graph, where `graph` is a view of it.
    """
    index = GraphIndex(graph)
    totals = totals or summary(graph)
    paint = _Paint(color)
    lines = list(_table(list(rows(index, operations)), max(width, NARROWEST), paint))
    lines += ["", *_footer(totals, max(width, NARROWEST), paint)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


class _Paint:
    """Puts ANSI colours around words, or not."""

    def __init__(self, color: bool) -> None:
        self._color = color

    def __call__(self, text: str, style: str) -> str:
        return f"\x1b[{STYLES[style]}m{text}\x1b[0m" if self._color and text.strip() else text


def _table(found: list[Row], width: int, paint: _Paint) -> Iterator[str]:
    """Columns as wide as they need, within the width: the names give way first, then the arguments."""
    counts = max((len(row.count) for row in found), default=0)
    shapes = min(max((len(row.shape) for row in found), default=0), width // 4)
    words = min(max((len(row.words) for row in found), default=0), width // 4)
    names = max((len(row.branches) + len(row.name) for row in found), default=0)
    names = min(names, width - counts - shapes - words - 3 * len(GAP))
    for row in found:
        fits = len(row.branches) + len(row.name) <= names
        branches = row.branches if fits else _shortened(row.branches, names - SHORTEST_NAME)
        room = names - len(branches)
        name = one_line(row.name, room)
        cells = (
            paint(branches, "quiet") + paint(name, row.style) + " " * (room - len(name)),
            paint(one_line(row.words, words).ljust(words) if words else "", "quiet"),
            paint(one_line(row.shape, shapes).ljust(shapes) if shapes else "", "shape"),
            paint(row.count.rjust(counts), "count"),
        )
        yield GAP.join(cells)


def _shortened(branches: str, room: int) -> str:
    """The branches of a deep row, without the outer levels that have no room."""
    return branches if len(branches) <= room else "… " + branches[len(branches) - max(room - 2, 3) :]


def _footer(totals: Mapping[str, Any], width: int, paint: _Paint) -> Iterator[str]:
    """Totals, what never ran, what the reader should know, and the failure."""
    size = _size(totals["parameter_bytes"] + totals["buffer_bytes"])
    buffers = f" · {humanised(totals['buffers'])} in buffers" if totals["buffers"] else ""
    facts = [
        ("parameters", f"{humanised(totals['parameters'])}{_trainable(totals)}{buffers} · {size}"),
        ("ran", f"{_counted(totals['operations'], 'operation')} in {_counted(totals['module_calls'], 'module call')}"),
        ("inputs", _ends(totals["inputs"])),
        ("outputs", _ends(totals["outputs"])),
        ("never called" if totals["failure"] is None else "not reached", rolled(totals["uncalled"])),
    ]
    for label, fact in facts:
        if fact:
            yield paint(f"{label:<12}", "quiet") + GAP + one_line(fact, width - 12 - len(GAP))
    for note in totals["diagnostics"]:
        yield paint(f"{note['severity']:<12}", "warn") + GAP + one_line(_noted(note), width - 12 - len(GAP))
    if totals["failure"] is not None:
        failure = totals["failure"]
        where = failure["node"] or failure["module_call"] or ""
        yield paint(f"{'failed at':<12}", "bad") + GAP + one_line(where, width - 12 - len(GAP))
        yield " " * 12 + GAP + one_line(f"{failure['exception']}: {failure['message']}", width - 12 - len(GAP))
        hint = f"help: {failure['hint']}" if failure["hint"] else ""
        for line in filter(None, (failure["reason"], *failure["notes"], hint)):
            yield " " * 12 + GAP + one_line(line, width - 12 - len(GAP))


def _noted(note: Mapping[str, Any]) -> str:
    """What is to be known, and of what."""
    return f"{note['message']} · {note['target']}" if note["target"] else str(note["message"])


def _trainable(totals: Mapping[str, Any]) -> str:
    if totals["trainable"] == totals["parameters"]:
        return ""
    return f" ({humanised(totals['trainable'])} trainable)"


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


def _ends(ends: list[dict[str, Any]]) -> str:
    return ", ".join(" ".join(filter(None, (end["name"], _end_type(end)))) for end in ends)


def _end_type(end: Mapping[str, Any]) -> str:
    shape = shape_words(None if end["shape"] is None else tuple(end["shape"]))
    return " ".join(filter(None, (shape, "" if end["dtype"] == "float32" else end["dtype"])))


def _size(count: int) -> str:
    size = float(count)
    for unit in BYTES:
        if size < 1000 or unit == BYTES[-1]:
            return f"{size:.3g} {unit}" if size < 1000 else f"{size:.0f} {unit}"
        size /= 1000
    raise AssertionError("unreachable")
