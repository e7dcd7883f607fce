"""What a check found, as the layout reads it: diagnostics with the code of a rule, pinned to what they are about."""

from __future__ import annotations

import re

from graphviz_torch.ir.graph import Graph
from graphviz_torch.layout.scene import Badge
from graphviz_torch.layout.styles import BADGE_HEIGHT
from graphviz_torch.layout.text_width import text_width

CODE = re.compile(r"[A-Z]\d{3}")
ROLES = {"error": "bad", "warning": "warn", "info": ""}
MOST_PINS = 3
MOST_LINES = 16
GAP = 4.0
ARROW = 8.0


class Pins:
    """The findings of one graph."""

    def __init__(self, graph: Graph) -> None:
        found = [note for note in graph.diagnostics if CODE.fullmatch(note.code)]
        self._pins: dict[str, dict[str, str]] = {}
        for note in found:
            if note.target is not None:
                self._pins.setdefault(note.target, {}).setdefault(note.code, note.severity)
        told = dict.fromkeys((f"{note.code}  {note.message}", note.severity) for note in found if note.target is None)
        self.lines = [(text, ROLES[severity]) for text, severity in told]

    def badges(self, target: str, left: float, right: float, top: float) -> tuple[Badge, ...]:
        """The codes pinned to an element, from its upper right corner to the left, right of where arrows end."""
        if target not in self._pins:
            return ()
        pins = list(self._pins[target].items())
        if len(pins) > MOST_PINS:
            pins = [*pins[: MOST_PINS - 1], (f"+{len(pins) - MOST_PINS + 1}", pins[MOST_PINS - 1][1])]
        wides = [text_width(code, "b") + 12 for code, _ in pins]
        right = max(right, (left + right) / 2 + ARROW + sum(wides) + GAP * len(wides))  # where arrows end
        badges = []
        for (code, severity), wide in zip(pins, wides, strict=True):
            right -= wide + GAP
            badges.append(Badge(right, top - BADGE_HEIGHT / 2 - 2, wide, BADGE_HEIGHT, code, severity))
        return tuple(badges)
