"""What stands below a picture: what its colours mean, and what is true of the whole graph; and the picture in words."""

from __future__ import annotations

from graphviz_torch.ir.graph import Graph
from graphviz_torch.layout.changes import MEANINGS, ChangeMarks
from graphviz_torch.layout.findings import CODE, MOST_LINES, Pins
from graphviz_torch.layout.kinds import KINDS
from graphviz_torch.layout.painter import Painter
from graphviz_torch.layout.scene import Note, Swatch, Text
from graphviz_torch.layout.styles import MARGIN
from graphviz_torch.layout.text_width import elide, text_width
from graphviz_torch.layout.words import humanised

SIZE = 10.0
LINE = 18.0
AIR = 16.0
NARROWEST = 200.0
NOTE_LIMIT = 560.0
NOTES = 5


def legend(
    painter: Painter, kinds: tuple[str, ...], width: float, height: float
) -> tuple[tuple[Swatch, ...], float, float]:
    """The legend in rows below the picture, and the picture's size with it."""
    states = ChangeMarks(painter.graph).states
    changes = [(f"d-{state}", MEANINGS[state]) for state in states]
    entries = changes if painter.compares else [*_entries(painter, kinds), *painter.facts.measures.entries()]
    if not entries:
        return (), width, height
    room = max(width, NARROWEST) - MARGIN
    swatches = []
    x, y = MARGIN, height
    for colour, word in entries:
        wide = SIZE + 6 + text_width(word, "s")
        if x > MARGIN and x + wide > room:
            x, y = MARGIN, y + LINE
        swatches.append(Swatch(x, y, SIZE, colour, Text(x + SIZE + 6, y + SIZE - 1, word, "s")))
        width = max(width, x + wide + MARGIN)
        x += wide + AIR
    return tuple(swatches), width, y + SIZE + MARGIN


def _entries(painter: Painter, kinds: tuple[str, ...]) -> list[tuple[str, str]]:
    """Colour class and word, where colour tells something apart."""
    if painter.color_by == "kind":
        present = [kind for kind in KINDS if f"k-{kind}" in kinds]
        return [(f"k-{kind}", kind.replace("-", " ")) for kind in present] if len(present) > 1 else []
    return [(colour, elide(word, "s", 200.0)) for word, colour in sorted(painter.colours.items())]


def remarks_below(graph: Graph, pins: Pins, x: float, y: float) -> tuple[Note, ...]:
    """What a check found and the diagnostics of the whole graph, a line each."""
    about = [d for d in graph.diagnostics if d.target is None and not CODE.fullmatch(d.code)]
    messages = list(dict.fromkeys(d.message.partition("\n")[0] for d in about))
    lines = [*_most(pins.lines, MOST_LINES, "findings"), *_most([(text, "") for text in messages], NOTES, "remarks")]
    notes = []
    for number, (line, role) in enumerate(lines):
        text = elide(line, "s", NOTE_LIMIT)
        top = y + number * 16
        notes.append(Note(x, top, text_width(text, "s"), 14, (Text(x, top + 11, text, "s", "start", role),)))
    return tuple(notes)


def _most(lines: list[tuple[str, str]], most: int, what: str) -> list[tuple[str, str]]:
    more = len(lines) - most
    return [*lines[:most], (f"and {more} more {what}", "")] if more > 0 else lines


def describe(painter: Painter) -> str:
    """The picture in a few sentences."""
    graph = painter.graph
    operations = sum(1 for node in graph.nodes if node.kind in ("call", "module"))
    words = [f"Data flow of {graph.name or 'a model'}: {operations} operation{'s' if operations != 1 else ''}"]
    words.append(_list("from", [node.name or "an input" for node in graph.nodes if node.kind == "input"]))
    words.append(_list("to", [node.name or "the output" for node in graph.nodes if node.kind == "output"]))
    text = " ".join(word for word in words if word) + "."
    if total := painter.facts.totals.get("", 0):
        text += f" {humanised(total)} parameters."
    if graph.failure is not None:
        text += f" The run stopped with {graph.failure.exception}: {elide(graph.failure.message, 's', 900.0)}."
    return text


def _list(word: str, names: list[str]) -> str:
    shown = ", ".join(elide(name, "s", 200.0) for name in names[:6])
    return f"{word} {shown}" + (" and others" if len(names) > 6 else "") if shown else ""
