"""Writes a scene as SVG: classes and one style sheet, positions to one decimal, a tooltip on every node."""

from __future__ import annotations

from zlib import crc32

from graphviz_torch.ir.graph import Graph
from graphviz_torch.layout.compose import scene
from graphviz_torch.layout.scene import Badge, Box, Card, Edge, Label, Note, Scene, Swatch, Text
from graphviz_torch.render import xml_text
from graphviz_torch.render.options import RenderOptions
from graphviz_torch.render.theme import style_sheet

LONGEST_ID = 200
HEAD = '<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="{h}" viewBox="0 0 {w} {h}" role="img"{labels}>'
MARKER = (
    '<marker id="{name}" viewBox="0 0 8 8" refX="1" refY="4" markerWidth="7" markerHeight="7" orient="auto"'
    ' markerUnits="userSpaceOnUse"><path d="M0 .6L7.4 4 0 7.4z"/></marker>'
)


def render(graph: Graph, options: RenderOptions) -> bytes:
    """The picture of a graph as SVG."""
    found = scene(graph, direction=options.direction, color_by=options.color_by, source_url=options.source_url)
    return write(found, options.theme).encode("utf-8")


def write(picture: Scene, theme: str = "auto", *, resolved: bool = False) -> str:
    """The SVG text of a scene; `resolved` writes plain colours for programs that know no CSS variables."""
    return _Writer(picture).text(style_sheet(theme, resolved=resolved))


def number(value: float) -> str:
    """One decimal, none where it is zero."""
    text = f"{value:.1f}"
    return text[:-2] if text.endswith(".0") else text


class _Writer:
    """Collects the parts of one document."""

    def __init__(self, picture: Scene) -> None:
        self.picture = picture
        self.shapes: dict[tuple[str, str, float, float], str] = {}
        self.ids: set[str] = set()
        self.names: dict[str, str] = {}

    def text(self, style: str) -> str:
        """The whole document."""
        picture = self.picture
        for element in (*picture.boxes, *picture.cards):
            self.names.setdefault(element.id, self._unique(element.id) if element.id else "")
        boxes = "".join(map(self._box, picture.boxes))
        cards = "".join(map(self._card, picture.cards))
        head = HEAD.format(w=number(picture.width), h=number(picture.height), labels=' aria-labelledby="title desc"')
        markers = MARKER.format(name="a") + MARKER.format(name="ab")
        return (
            f'{head}<title id="title">{xml_text.line(picture.title)}</title>'
            f'<desc id="desc">{xml_text.text(picture.description)}</desc>'
            f"<style>{style}</style><defs>{markers}{''.join(self._definitions())}</defs>\n{boxes}"
            f'<g class="e">{"".join(map(self._edge, picture.edges))}</g>\n{cards}'
            f"{''.join(map(self._label, picture.labels))}{''.join(map(self._note, picture.notes))}"
            f"{''.join(map(self._swatch, picture.legend))}</svg>\n"
        )

    def _unique(self, raw: str) -> str:
        """An `id` of the document: the element's own, made safe and short."""
        wanted = raw if len(raw) <= LONGEST_ID else f"{raw[:LONGEST_ID]}-{crc32(raw.encode('utf-8', 'replace')):08x}"
        found = wanted = xml_text.identifier(wanted)
        count = 1
        while found in self.ids or found in ("a", "ab", "title", "desc"):
            count += 1
            found = f"{wanted}~{count}"
        self.ids.add(found)
        return found

    def _definitions(self) -> list[str]:
        return [
            f'<path id="{name}" d="{_bar(height)}"/>' if kind == "bar" else ""
            for (kind, _, _, height), name in self.shapes.items()
        ]

    def _bar_name(self, height: float) -> str:
        key = ("bar", "", 0.0, height)
        if key not in self.shapes:
            self.shapes[key] = self._unique(f"b{number(height)}")
        return self.shapes[key]

    def _box(self, box: Box) -> str:
        odd = " o" if box.level % 2 else ""
        rect = (
            f'<rect class="g{odd}" x="{number(box.x)}" y="{number(box.y)}" width="{number(box.width)}"'
            f' height="{number(box.height)}" rx="9"/>'
        )
        texts = "".join(_text(text) for text in box.texts) + "".join(map(_badge, box.badges))
        body = f'<g id="{self.names[box.id]}"><title>{xml_text.text(box.tooltip)}</title>{rect}{texts}</g>\n'
        return _linked(body, box.link)

    def _card(self, card: Card) -> str:
        classes = " ".join(
            word for word in (card.shape if card.shape in ("pill", "ref", "ghost") else "", card.state) if word
        )
        identity = f' id="{self.names[card.id]}"' if card.id else ""
        classes = f' class="{classes}"' if classes else ""
        tooltip = f"<title>{xml_text.text(card.tooltip)}</title>" if card.tooltip else ""
        shapes = self._stack(card) + self._shape(card)
        texts = "".join([_text_in(text, card.x, card.y) for text in card.texts])
        badges = "".join([_badge_in(badge, card.x, card.y) for badge in card.badges])
        body = (
            f'<g{identity}{classes} transform="translate({number(card.x)},{number(card.y)})">{tooltip}{shapes}'
            f"{texts}{badges}</g>\n"
        )
        link = card.link or (f"#{self.names[card.target]}" if self.names.get(card.target) else "")
        return _linked(body, link)

    def _stack(self, card: Card) -> str:
        """A second sheet behind a closed module."""
        if card.shape != "stack":
            return ""
        return f'<rect class="n" x="4" y="4" width="{number(card.width)}" height="{number(card.height)}" rx="7"/>'

    def _shape(self, card: Card) -> str:
        width, height = number(card.width), number(card.height)
        if card.shape in ("pill", "ref"):
            return f'<rect class="n" width="{width}" height="{height}" rx="{number(card.height / 2)}"/>'
        rect = f'<rect class="n" width="{width}" height="{height}" rx="7"/>'
        if not card.colour:
            return rect
        colour = "bar-bad" if card.colour == "bad" else card.colour
        return f'{rect}<use class="{colour}" href="#{self._bar_name(card.height)}"/>'

    def _edge(self, edge: Edge) -> str:
        classes = " ".join(word for word in ("a" if edge.arrow else "", edge.state) if word)
        attribute = f' class="{classes}"' if classes else ""
        return f'<path{attribute} d="{_path(edge)}"/>'

    def _label(self, label: Label) -> str:
        return _text(label.text, " o" if label.level % 2 == 0 else "")

    def _note(self, note: Note) -> str:
        return "".join(_text(text) for text in note.texts)

    def _swatch(self, swatch: Swatch) -> str:
        size = number(swatch.size)
        return (
            f'<rect class="{swatch.colour}" x="{number(swatch.x)}" y="{number(swatch.y)}" width="{size}"'
            f' height="{size}" rx="2"/>{_text(swatch.text)}'
        )


ARROW_LENGTH = 6.4


def _path(edge: Edge) -> str:
    """Path data; where an arrow head follows, the line ends where the head begins."""
    steps = edge.path
    parts = [f"M{number(steps[0][0])} {number(steps[0][1])}"]
    x, y = steps[0]
    last = len(steps) - 1
    for place in range(1, len(steps)):
        step = steps[place]
        if len(step) == 2:
            to_x, to_y = step
            if place == last and edge.arrow:
                to_x, to_y = _shortened(x, y, to_x, to_y)
            if abs(to_x - x) < 0.05:
                parts.append(f"V{number(to_y)}")
            elif abs(to_y - y) < 0.05:
                parts.append(f"H{number(to_x)}")
            else:
                parts.append(f"L{number(to_x)} {number(to_y)}")
            x, y = step
        else:
            parts.append("C" + " ".join(map(number, step)))
            x, y = step[4], step[5]
    return "".join(parts)


def _shortened(x0: float, y0: float, x1: float, y1: float) -> tuple[float, float]:
    length = ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5
    if length <= ARROW_LENGTH:
        return x1, y1
    keep = (length - ARROW_LENGTH) / length
    return x0 + (x1 - x0) * keep, y0 + (y1 - y0) * keep


def _bar(height: float) -> str:
    """The coloured bar at the left of a card, inside its round corners."""
    low = number(height - 7)
    return f"M7 0A7 7 0 0 0 0 7V{low}A7 7 0 0 0 7 {number(height)}z"


def _text(text: Text, more: str = "") -> str:
    return _text_in(text, 0.0, 0.0, more)


def _text_in(text: Text, x: float, y: float, more: str = "") -> str:
    anchor = f' text-anchor="{text.anchor}"' if text.anchor != "start" else ""
    role = f" {text.role}" if text.role else ""
    return (
        f'<text class="{text.style}{role}{more}" x="{number(text.x - x)}" y="{number(text.y - y)}"{anchor}>'
        f"{xml_text.line(text.text)}</text>"
    )


def _badge(badge: Badge) -> str:
    return _badge_in(badge, 0.0, 0.0)


def _badge_in(badge: Badge, x: float, y: float) -> str:
    left, top = badge.x - x, badge.y - y
    return (
        f'<rect class="badge" x="{number(left)}" y="{number(top)}" width="{number(badge.width)}"'
        f' height="{number(badge.height)}" rx="{number(badge.height / 2)}"/><text class="b" x="'
        f'{number(left + badge.width / 2)}" y="{number(top + 11.6)}" text-anchor="middle">{xml_text.line(badge.text)}</text>'
    )


def _linked(body: str, link: str) -> str:
    return f'<a href="{xml_text.text(link)}">{body}</a>' if link else body
