"""Sizes that layout and writers share: type, padding and gaps, in pixels."""

from __future__ import annotations

from typing import NamedTuple


class Font(NamedTuple):
    """Size in pixels and weight of a text style."""

    size: float
    weight: int


FONTS = {
    "t": Font(12, 600),  # first line of a card
    "s": Font(10.5, 400),  # second line, notes
    "h": Font(11, 600),  # title of a frame: its path
    "c": Font(11, 400),  # title of a frame: its type
    "l": Font(10, 400),  # label of an edge
    "b": Font(10, 600),  # badge
    "p": Font(12, 600),  # pill: name
    "q": Font(12, 400),  # pill: shape
    "r": Font(10.5, 400),  # reference
}

CARD_LINE = 28.0
CARD_STEP = 14.0
CARD_ROUND = 10.0
CARD_LEFT = 16.0
CARD_RIGHT = 12.0
PILL_HEIGHT = 28.0
REF_HEIGHT = 20.0
BADGE_HEIGHT = 16.0

BOX_TITLE = 27.0
BOX_FREE = 7.0  # below a title that no line passes
BOX_PAD = 14.0
BOX_BOTTOM = 14.0
MARGIN = 20.0

ITEM_GAP = 18.0
EDGE_GAP = 12.0
LABEL_GAP = 6.0
LABEL_HEIGHT = 14.0
ARROW = 9.0
