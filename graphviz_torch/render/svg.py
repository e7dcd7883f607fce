"""Writes a scene as SVG: classes and one style sheet, places to the pixel, a tooltip on every node."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter

from graphviz_torch.errors import RenderLimitError
from graphviz_torch.ir.collector import collector_paused
from graphviz_torch.ir.graph import Graph
from graphviz_torch.layout.compose import scene
from graphviz_torch.layout.scene import Box, Card, Note, Scene, Swatch, Text
from graphviz_torch.render import svg_parts, textures, xml_text
from graphviz_torch.render.options import RenderOptions
from graphviz_torch.render.paths import data, number, whole
from graphviz_torch.render.style_sheet import MARKERS, style_sheet
from graphviz_torch.render.svg_ids import Ids
from graphviz_torch.render.svg_shapes import Shapes
from graphviz_torch.render.theme import Theme, of

# What a node takes at the very least: what cannot fit is not even laid out.
LEAST_BYTES = 60
HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="{h}" viewBox="0 0 {w} {h}" role="img"'
    ' aria-labelledby="title desc">'
)
MARKER = (
    '<marker id="{name}" viewBox="0 0 8 8" refX="1" refY="4" markerWidth="7" markerHeight="7" orient="auto"'
    ' markerUnits="userSpaceOnUse"><path d="M0 .6L7.4 4 0 7.4z"/></marker>'
)
RESERVED = ("", "title", "desc")
CLASSES = re.compile('class="([^"]*)"')
# Of labels below each other, fewer are said one by one.
WORTH_A_GROUP = 4


def render(graph: Graph, options: RenderOptions) -> bytes:
    """The picture of a graph as SVG.

    Raises:
        RenderLimitError: it has more bytes than `options` allow.
    """
    theme = of(options)
    with collector_paused():
        _allow(len(graph.nodes) * LEAST_BYTES, options)
        found = scene(
            graph,
            direction=options.direction,
            color_by=options.color_by,
            source_url=options.source_url,
            links=dict(options.links),
        )
        title, description = options.title or found.title, options.description or found.description
        data = write(found._replace(title=title, description=description), theme).encode("utf-8")
    _allow(len(data), options)
    return data


def _allow(size: int, options: RenderOptions) -> None:
    if 0 < options.most_bytes < size:
        raise RenderLimitError(f"the picture has {size:,} bytes, and {options.most_bytes:,} are the most here")


def write(picture: Scene, theme: Theme, *, resolved: bool = False) -> str:
    """The SVG text of a scene; `resolved` writes plain colours for programs that know no CSS variables."""
    return _Writer(picture).text(theme, resolved=resolved)


class _Writer:
    """Collects the parts of one document."""

    def __init__(self, picture: Scene) -> None:
        self.picture = picture
        self.ids = Ids((*RESERVED, *MARKERS.values(), *(f"t-{name}" for name in textures.OF)))
        self.shapes = Shapes(self.ids)
        self.names: dict[str, str] = {"": ""}
        self.inner: dict[tuple[object, ...], str] = {}
        self.arrows: set[str] = set()

    def text(self, theme: Theme, *, resolved: bool) -> str:
        """The whole document."""
        picture = self.picture
        for name in (*[box.id for box in picture.boxes], *[card.id for card in picture.cards]):
            if name not in self.names:
                self.names[name] = self.ids.unique(name)
        body, definitions = self.shapes.shared("".join(self._body()))
        used = {name for found in {*CLASSES.findall(definitions), *CLASSES.findall(body)} for name in found.split()}
        style = style_sheet(theme, used, resolved=resolved)
        patterns = textures.definitions(used) if theme.textured else ""
        return "".join(
            (
                HEAD.format(w=number(picture.width), h=number(picture.height)),
                f'<title id="title">{xml_text.line(picture.title)}</title>',
                f'<desc id="desc">{xml_text.text(picture.description)}</desc><style>{style}</style>',
                f"<defs>{''.join(self._markers())}{patterns}{definitions}</defs>\n",
                body,
                "</svg>\n",
            )
        )

    def _body(self) -> Iterator[str]:
        """All that is seen, from the back to the front."""
        picture = self.picture
        yield from map(self._box, picture.boxes, _frames(picture.boxes))
        yield from self._edges()
        yield from map(self._card, picture.cards, *_card_places(picture.cards))
        yield from self._labels()
        yield from map(_note, picture.notes)
        yield from map(_swatch, picture.legend)

    def _markers(self) -> Iterator[str]:
        """The arrow heads that there are edges for."""
        for state, name in MARKERS.items():
            if state in self.arrows or (not state and self.arrows):
                yield MARKER.format(name=name)

    def _box(self, box: Box, place: tuple[str, str, str, str]) -> str:
        x, y, width, height = place
        odd = " o" if box.level % 2 else ""
        rect = f'<rect class="g{odd}" x="{x}" y="{y}" width="{width}" height="{height}" rx="9"/>'
        texts = "".join([*map(svg_parts.text, box.texts), *map(svg_parts.badge, box.badges)])
        state = f' class="{box.state}"' if box.state else ""
        body = f'<g id="{self.names[box.id]}"{state}><title>{xml_text.text(box.tooltip)}</title>{rect}{texts}</g>\n'
        return _linked(body, box.link) if box.link else body

    def _card(self, card: Card, x: str, y: str) -> str:
        key = (card.shape, card.colour, card.state, card.width, card.height, id(card.texts), card.badges)
        inner = self.inner.get(key)
        if inner is None:
            inner = self.inner[key] = self._inner(card)
        shape = card.shape if card.shape in svg_parts.NAMED else ""
        classes = f' class="{f"{shape} {card.state}".strip()}"' if shape or card.state else ""
        identity = f' id="{self.names[card.id]}"' if card.id else ""
        tooltip = f"<title>{xml_text.text(card.tooltip)}</title>" if card.tooltip else ""
        body = f'<g{identity}{classes} transform="translate({x},{y})">{tooltip}{inner}</g>\n'
        link = card.link or (f"#{self.names[card.target]}" if self.names.get(card.target) else "")
        return _linked(body, link) if link else body

    def _inner(self, card: Card) -> str:
        """What is the same for all cards that share their texts and look alike."""
        if not svg_parts.is_plain(card):
            texts, badges = map(svg_parts.text, card.texts), map(svg_parts.badge, card.badges)
            return "".join([svg_parts.drawn(card), *texts, *badges])
        shape = svg_parts.shape_of(card)
        x, y = shape.x, shape.y
        colour = f' class="{card.colour}"' if card.colour else ""
        lines = [svg_parts.card_text(place, line, x, y) for place, line in enumerate(card.texts)]
        pins = [svg_parts.badge(pin._replace(x=pin.x - x, y=pin.y - y)) for pin in card.badges]
        return "".join([f'<use{colour} href="#{self.shapes.name(shape)}"/>', *lines, *pins])

    def _edges(self) -> Iterator[str]:
        """Lines, those of one look together."""
        looks: dict[tuple[bool, str], list[str]] = {}
        for edge in self.picture.edges:
            looks.setdefault((edge.arrow, edge.state), []).append(data(edge))
        self.arrows = {state for arrow, state in looks if arrow}
        for (arrow, state), lines in looks.items():
            # Of a path there is one end that can have an arrow head.
            paths = '"/><path d="'.join(lines) if arrow else "".join(lines)
            yield f'<g class="e{" a" if arrow else ""}{" " + state if state else ""}"><path d="{paths}"/></g>\n'

    def _labels(self) -> Iterator[str]:
        """Labels, those on one background together; of several below each other the place is said once."""
        for odd, name in ((True, "l"), (False, "l o")):
            texts = [label.text for label in self.picture.labels if bool(label.level % 2) == odd]
            others: list[str] = []
            for x, run in groupby(zip(*_label_places(texts), texts, strict=True), itemgetter(0)):
                lines = [f'y="{y}">{xml_text.line(text.text)}</text>' for _, y, text in run]
                if len(lines) < WORTH_A_GROUP:
                    others.extend(f'<text x="{x}" {line}' for line in lines)
                    continue
                yield from _group(name, others)
                others.clear()
                yield from _group(f'{name}" transform="translate({x})', [f"<text {line}" for line in lines])
            yield from _group(name, others)


def _group(classes: str, parts: Sequence[str]) -> Iterator[str]:
    """Parts of one look, where there are any."""
    if parts:
        yield f'<g class="{classes}">{"".join(parts)}</g>\n'


def _frames(boxes: Sequence[Box]) -> list[tuple[str, str, str, str]]:
    """Place and size of frames, to the pixel."""
    left, top = whole([box.x for box in boxes]), whole([box.y for box in boxes])
    right, low = whole([box.x + box.width for box in boxes]), whole([box.y + box.height for box in boxes])
    return [
        (x, y, str(int(end) - int(x)), str(int(bottom) - int(y)))
        for x, y, end, bottom in zip(left, top, right, low, strict=True)
    ]


def _label_places(texts: Sequence[Text]) -> tuple[list[str], list[str]]:
    return whole([text.x for text in texts]), whole([text.y for text in texts])


def _card_places(cards: Sequence[Card]) -> tuple[list[str], list[str]]:
    """Where the origins of cards are."""
    origins = [svg_parts.origin(card) for card in cards]
    return (
        whole([card.x + x for card, (x, _) in zip(cards, origins, strict=True)]),
        whole([card.y + y for card, (_, y) in zip(cards, origins, strict=True)]),
    )


def _note(note: Note) -> str:
    return _joined(map(svg_parts.text, note.texts))


def _swatch(swatch: Swatch) -> str:
    size = number(swatch.size)
    return (
        f'<rect class="{swatch.colour}" x="{number(swatch.x)}" y="{number(swatch.y)}" width="{size}"'
        f' height="{size}" rx="2"/>{svg_parts.text(swatch.text)}\n'
    )


def _joined(parts: Iterable[str]) -> str:
    return "".join(parts) + "\n"


def _linked(body: str, link: str) -> str:
    # Where the picture is part of a page, it is the page that goes to another place.
    place = "" if link.startswith("#") else ' target="_top"'
    return f'<a href="{xml_text.line(link)}"{place}>{body}</a>'
