"""How much room each piece of a frame takes, with the labels on its lines."""

from __future__ import annotations

from graphviz_torch.layout.plan import Piece
from graphviz_torch.layout.styles import LABEL_GAP, LABEL_HEIGHT
from graphviz_torch.layout.text_width import text_width

CROSSING = 6.0
ENTRY = Piece(CROSSING, CROSSING, 0.0, 0.0)

Stem = list[tuple[str, float, str]]  # key, offset and label of each line that leaves an item


class Rooms:
    """The room of pieces in one direction of the flow."""

    def __init__(self, *, sideways: bool) -> None:
        self._sideways = sideways
        self._known: dict[tuple[float, float, str], Piece] = {}

    def exit(self, label: str) -> Piece:
        """The room of a crossing at the end of a frame."""
        if not label:
            return ENTRY
        if self._sideways:
            return Piece(LABEL_HEIGHT + 4, CROSSING, 0.0, 0.0)
        return Piece(CROSSING, max(CROSSING, reach(label)), 0.0, 0.0)

    def simple(self, width: float, height: float, stem: Stem) -> Piece:
        """The room of a card with at most one line, out of its middle; equal ones are one piece."""
        look = (width, height, stem[0][2] if stem else "")
        found = self._known.get(look)
        if found is None:
            found = self._known[look] = self._simple(*look)
        return found

    def _simple(self, width: float, height: float, label: str) -> Piece:
        if self._sideways:
            band = text_width(label, "l") + 10 if label else 0.0
            return Piece(max(height / 2, LABEL_HEIGHT + 3), height / 2, width, band)
        half = width / 2
        return Piece(half, max(half, reach(label)), height, LABEL_HEIGHT if label else 0.0)

    def labelled(self, width: float, height: float, stem: Stem) -> Piece:
        """The room of anything, with lines that leave from anywhere."""
        labelled = [(at, label) for _, at, label in stem if label]
        aside = max([abs(at) for _, at, _ in stem], default=0.0)
        if self._sideways:
            widest = max([text_width(label, "l") for _, label in labelled], default=0.0)
            half = max(height / 2, aside + (LABEL_HEIGHT + 3 if labelled else 0))
            return Piece(half, max(height / 2, aside), width, widest + 10 if labelled else 0.0)
        after = max([width / 2, aside, *[at + reach(label) for at, label in labelled]])
        return Piece(max(width / 2, aside), after, height, LABEL_HEIGHT if labelled else 0.0)


def reach(label: str) -> float:
    """How far a label reaches to the right of its line."""
    return LABEL_GAP + text_width(label, "l") if label else 0.0
