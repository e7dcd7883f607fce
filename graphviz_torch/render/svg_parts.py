"""The small parts of an SVG: texts, badges, and the shapes of cards."""

from __future__ import annotations

from typing import NamedTuple

from graphviz_torch.layout.scene import Badge, Card, Text
from graphviz_torch.render import xml_text
from graphviz_torch.render.paths import number

NAMED = ("pill", "ref", "ghost")
CORNER = 7


class Shape(NamedTuple):
    """What many cards have in common; their place is that of their first text, `x` and `y` from the corner."""

    width: float
    height: float
    x: int
    y: int
    barred: bool
    stacked: bool


def shape_of(card: Card) -> Shape:
    """The shape of a card that is like most others."""
    x, y = origin(card)
    return Shape(card.width, card.height, x, y, bool(card.colour), card.shape == "stack")


def is_plain(card: Card) -> bool:
    """Whether it is drawn by reference to its size, as most cards are."""
    return card.shape not in NAMED and not card.state


def origin(card: Card) -> tuple[int, int]:
    """Where the group of a card has its origin, from its corner: at the first text, which then names no place."""
    if not is_plain(card) or not card.texts:
        return 0, 0
    return int(card.texts[0].x), int(card.texts[0].y)


def drawn(card: Card) -> str:
    """A card that few others look like."""
    if card.shape in ("pill", "ref"):
        return rect(card.width, card.height, card.height / 2)
    shape = Shape(card.width, card.height, 0, 0, True, True)
    behind = sheet(shape) if card.shape == "stack" and card.colour else ""
    front = f'<path class="{card.colour}" d="{bar(shape)}"/>' if card.colour else ""
    return f"{behind}{rect(card.width, card.height)}{front}"


def rect(width: float, height: float, corner: float = CORNER, x: float = 0, y: float = 0) -> str:
    """A card without its bar."""
    place = f"{_at('x', x)}{_at('y', y)}"
    return f'<rect class="n"{place} width="{number(width)}" height="{number(height)}" rx="{number(corner)}"/>'


def bar(shape: Shape) -> str:
    """The coloured bar at the left of a card, inside its round corners."""
    start = f"M{number(CORNER - shape.x)} {number(-shape.y)}".replace(" -", "-")
    return f"{start}a7 7 0 00-7 7v{number(shape.height - 14)}a7 7 0 007 7z"


def sheet(shape: Shape) -> str:
    """The edge of a second sheet behind a closed module, below it and to the right."""
    start = f"M{number(shape.width - shape.x)} {number(4 - shape.y)}".replace(" -", "-")
    side = f"q3.5 1 3.5 6v{number(shape.height - 13.5)}q0 7-7 7h{number(13.5 - shape.width)}q-5 0-6-3.5"
    return f'<path class="sheet" d="{start}{side}"/>'


def card_text(place: int, line: Text, x: int, y: int) -> str:
    """A line of a plain card; the first has its place and the second its look without saying so."""
    if place == 0:
        return text(line._replace(x=0, y=0))
    placed = line._replace(x=line.x - x, y=float(round(line.y - y)))
    return text(placed._replace(style="t") if place == 1 and line.style == "s" and not line.role else placed)


def text(line: Text) -> str:
    """A line of text."""
    x, y, words, style, side, role = line
    anchor = f' text-anchor="{side}"' if side != "start" else ""
    classes = f"{style if style != 't' else ''} {role}".strip()
    named = f' class="{classes}"' if classes else ""
    return f"<text{named}{_at('x', x)}{_at('y', y)}{anchor}>{xml_text.line(words)}</text>"


def badge(found: Badge) -> str:
    """A small pill with a word in it."""
    classes = f"badge {found.role}".strip()
    return (
        f'<rect class="{classes}" x="{number(found.x)}" y="{number(found.y)}" width="{number(found.width)}"'
        f' height="{number(found.height)}" rx="{number(found.height / 2)}"/><text class="b" x="'
        f'{number(found.x + found.width / 2)}" y="{number(found.y + 11.6)}" text-anchor="middle">'
        f"{xml_text.line(found.text)}</text>"
    )


def _at(name: str, value: float) -> str:
    """A coordinate; none where it is that of the origin."""
    shown = number(value)
    return f' {name}="{shown}"' if shown != "0" else ""
