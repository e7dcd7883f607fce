"""How wide the title of a frame is."""

from __future__ import annotations

from functools import lru_cache

from graphviz_torch.layout.faces import Face, Line
from graphviz_torch.layout.styles import BADGE_HEIGHT
from graphviz_torch.layout.text_width import text_width

TITLE_AIR = 10.0
TITLE_LEFT = 12.0


def title_width(head: Face) -> float:
    """The least width of a title, both ends together."""
    right = right_width(head)
    return left_width(head.lines) + (right + TITLE_AIR if right else 0)


@lru_cache(maxsize=4096)
def left_width(lines: tuple[Line, ...]) -> float:
    """What the left end of a title takes."""
    return sum([text_width(text, style) for text, style, _ in lines]) + 6 * (len(lines) - 1)


def right_width(head: Face) -> float:
    """What the right end of a title takes."""
    text = text_width(head.right, "s") if head.right else 0.0
    badge = badge_width(head.badge) if head.badge else 0.0
    return text + badge + (8 if text and badge else 0)


def badge_width(text: str) -> float:
    """The width of a badge."""
    return max(text_width(text, "b") + 12, BADGE_HEIGHT)
