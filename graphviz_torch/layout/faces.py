"""Faces: the lines, colour and size of a card, before anyone knows where it lies."""

from __future__ import annotations

from functools import lru_cache
from math import ceil
from typing import NamedTuple

from graphviz_torch.ir.graph import SourceLocation
from graphviz_torch.layout.styles import CARD_LEFT, CARD_LINE, CARD_RIGHT, CARD_ROUND, CARD_STEP, REF_HEIGHT
from graphviz_torch.layout.text_width import text_width

SMALLEST = 60.0
Line = tuple[str, str, str]  # text, style, role


class Face(NamedTuple):
    """A card's or a frame's looks.

    Attributes:
        lines: from the top; for a frame its path and its type, side by side.
        right: text at the right end of a frame's title.
    """

    shape: str
    colour: str
    lines: tuple[Line, ...]
    width: float = 0.0
    height: float = 0.0
    tooltip: str = ""
    state: str = ""
    badge: str = ""
    right: str = ""
    source: SourceLocation | None = None


def card_face(
    shape: str,
    colour: str,
    lines: tuple[Line, ...],
    tooltip: str,
    state: str = "",
    badge: str = "",
    source: SourceLocation | None = None,
) -> Face:
    """A card around its lines."""
    width, height = _room(lines, badge)
    return Face(shape, colour, lines, width, height, tooltip, state, badge, "", source)


@lru_cache(maxsize=4096)
def _room(lines: tuple[Line, ...], badge: str) -> tuple[float, float]:
    """The size of a card; widths are rounded up, so that many cards are of one size."""
    wide = max([text_width(text, style) for text, style, _ in lines])
    if badge:
        wide = max(wide, text_width(*lines[0][:2]) + text_width(badge, "b") + 24)
    width = rounded(max(wide + CARD_LEFT + CARD_RIGHT, SMALLEST))
    return width, CARD_LINE if len(lines) == 1 else 40 + CARD_STEP * (len(lines) - 2)


def inline_face(shape: str, lines: tuple[Line, ...], air: float, tooltip: str, state: str = "") -> Face:
    """A small card with its words side by side."""
    wide = sum(text_width(text, style) for text, style, _ in lines) + 7 * (len(lines) - 1)
    return Face(shape, "", lines, ceil(wide + air), REF_HEIGHT, tooltip, state)


def rounded(width: float) -> float:
    """Up to the next step of card widths."""
    return ceil(width / CARD_ROUND) * CARD_ROUND
