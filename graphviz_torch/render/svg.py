"""Writes a scene as SVG: classes and one style sheet, positions to one decimal, a tooltip on every node."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from zlib import crc32

from graphviz_torch.errors import RenderLimitError
from graphviz_torch.ir.collector import collector_paused
from graphviz_torch.ir.graph import Graph
from graphviz_torch.layout.compose import scene
from graphviz_torch.layout.scene import Badge, Box, Card, Note, Scene, Swatch, Text
from graphviz_torch.render import xml_text
from graphviz_torch.render.options import RenderOptions
from graphviz_torch.render.paths import number, numbers, path_tail
from graphviz_torch.render.theme import style_sheet
from graphviz_torch.render.theme_changes import MARKERS, shows_changes
from graphviz_torch.render.theme_findings import shows_findings
from graphviz_torch.render.theme_heat import shows_heat

LONGEST_ID = 200
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
NAMED = ("pill", "ref", "ghost")
RESERVED = ("", "a", "ab", "title", "desc")


def render(graph: Graph, options: RenderOptions) -> bytes:
    """The picture of a graph as SVG.

    Raises:
        RenderLimitError: it has more bytes than `options` allow.
    """
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
        data = write(found._replace(title=title, description=description), options.theme).encode("utf-8")
    _allow(len(data), options)
    return data


def _allow(size: int, options: RenderOptions) -> None:
    if 0 < options.most_bytes < size:
        raise RenderLimitError(f"the picture has {size:,} bytes, and {options.most_bytes:,} are the most here")


def write(picture: Scene, theme: str = "auto", *, resolved: bool = False) -> str:
    """The SVG text of a scene; `resolved` writes plain colours for programs that know no CSS variables."""
    changes, findings, heat = shows_changes(picture), shows_findings(picture), shows_heat(picture)
    style = style_sheet(theme, resolved=resolved, changes=changes, findings=findings, heat=heat)
    return _Writer(picture, changes).text(style)


class _Writer:
    """Collects the parts of one document."""

    def __init__(self, picture: Scene, changes: bool = False) -> None:
        self.picture = picture
        self.markers = ("a", "ab", *MARKERS.values()) if changes else ("a", "ab")
        self.shapes: dict[tuple[float, float], str] = {}
        self.ids = {*RESERVED, *self.markers}
        self.names: dict[str, str] = {"": ""}
        self.inner: dict[tuple[object, ...], str] = {}

    def text(self, style: str) -> str:
        """The whole document."""
        picture = self.picture
        for name in (*[box.id for box in picture.boxes], *[card.id for card in picture.cards]):
            if name not in self.names:
                self.names[name] = self._unique(name)
        boxes = "".join(map(self._box, picture.boxes, *_places(picture.boxes), *_sizes(picture.boxes)))
        cards = "".join(map(self._card, picture.cards, *_places(picture.cards)))
        head = HEAD.format(w=number(picture.width), h=number(picture.height))
        markers = "".join(MARKER.format(name=name) for name in self.markers)
        return "".join(
            (
                f'{head}<title id="title">{xml_text.line(picture.title)}</title>',
                f'<desc id="desc">{xml_text.text(picture.description)}</desc><style>{style}</style>',
                f"<defs>{markers}{''.join(self._definitions())}</defs>\n",
                boxes,
                *self._edges(),
                cards,
                *self._labels(),
                *map(_note, picture.notes),
                *map(_swatch, picture.legend),
                "</svg>\n",
            )
        )

    def _unique(self, raw: str) -> str:
        """An `id` of the document: the element's own, made safe and short."""
        if len(raw) > LONGEST_ID:
            raw = f"{raw[:LONGEST_ID]}-{crc32(raw.encode('utf-8', 'replace')):08x}"
        found = wanted = xml_text.identifier(raw)
        count = 1
        while found in self.ids:
            count += 1
            found = f"{wanted}~{count}"
        self.ids.add(found)
        return found

    def _definitions(self) -> Iterator[str]:
        """The cards of each size, once."""
        for (width, height), name in self.shapes.items():
            yield f'<g id="{name}">{_rect(width, height)}<path d="{_bar(height)}"/></g>'

    def _box(self, box: Box, x: str, y: str, width: str, height: str) -> str:
        odd = " o" if box.level % 2 else ""
        rect = f'<rect class="g{odd}" x="{x}" y="{y}" width="{width}" height="{height}" rx="9"/>'
        texts = "".join([*map(_text, box.texts), *map(_badge, box.badges)])
        state = f' class="{box.state}"' if box.state else ""
        body = f'<g id="{self.names[box.id]}"{state}><title>{xml_text.text(box.tooltip)}</title>{rect}{texts}</g>\n'
        return _linked(body, box.link) if box.link else body

    def _card(self, card: Card, x: str, y: str) -> str:
        key = (card.shape, card.colour, card.state, card.width, card.height, id(card.texts), card.badges)
        inner = self.inner.get(key)
        if inner is None:
            inner = self.inner[key] = self._inner(card)
        shape = card.shape if card.shape in NAMED else ""
        classes = f' class="{f"{shape} {card.state}".strip()}"' if shape or card.state else ""
        identity = f' id="{self.names[card.id]}"' if card.id else ""
        tooltip = f"<title>{xml_text.text(card.tooltip)}</title>" if card.tooltip else ""
        body = f'<g{identity}{classes} transform="translate({x},{y})">{tooltip}{inner}</g>\n'
        link = card.link or (f"#{self.names[card.target]}" if self.names.get(card.target) else "")
        return _linked(body, link) if link else body

    def _inner(self, card: Card) -> str:
        """What is the same for all cards that share their texts and look alike."""
        plain = card.shape not in NAMED and not card.state
        texts = [_text(text) for text in card.texts]
        return "".join([self._shape(card, plain=plain), *texts, *map(_badge, card.badges)])

    def _shape(self, card: Card, *, plain: bool) -> str:
        """The card itself: by reference to its size where it is like most others."""
        if card.shape in ("pill", "ref"):
            return _rect(card.width, card.height, card.height / 2)
        if not card.colour:
            return _rect(card.width, card.height)
        sheet = f'<path class="sheet" d="{_sheet(card.width, card.height)}"/>' if card.shape == "stack" else ""
        if plain:
            return f'{sheet}<use class="{card.colour}" href="#{self._sized(card.width, card.height)}"/>'
        bar = f'<path class="{card.colour}" d="{_bar(card.height)}"/>'
        return f"{sheet}{_rect(card.width, card.height)}{bar}"

    def _sized(self, width: float, height: float) -> str:
        found = self.shapes.get((width, height))
        if found is None:
            found = self.shapes[width, height] = self._unique(f"{number(width)}x{number(height)}")
        return found

    def _edges(self) -> Iterator[str]:
        """Lines, those of one look together; what follows the start is relative, so that equal frames share it."""
        edges = self.picture.edges
        looks: dict[tuple[bool, str], list[str]] = {}
        tails: dict[tuple[int, bool], str] = {}
        starts = (
            numbers([edge.x + edge.path[0][0] for edge in edges]),
            numbers([edge.y + edge.path[0][1] for edge in edges]),
        )
        for (_, _, path, arrow, state), x, y in zip(edges, *starts, strict=True):
            key = (id(path), arrow)
            tail = tails.get(key)
            if tail is None:
                tail = tails[key] = path_tail(path, arrow=arrow)
            looks.setdefault((arrow, state), []).append(f'<path d="M{x} {y}{tail}"/>')
        for (arrow, state), paths in looks.items():
            yield f'<g class="e{" a" if arrow else ""}{" " + state if state else ""}">{"".join(paths)}</g>\n'

    def _labels(self) -> Iterator[str]:
        """Labels, those on one background together."""
        for odd, name in ((True, "l"), (False, "l o")):
            texts = [label.text for label in self.picture.labels if bool(label.level % 2) == odd]
            if texts:
                yield f'<g class="{name}">{"".join(map(_plain, texts, *_places(texts)))}</g>\n'


def _places(items: Sequence[Box | Card | Text]) -> tuple[list[str], list[str]]:
    """Where they are, across and down."""
    return numbers([item.x for item in items]), numbers([item.y for item in items])


def _sizes(boxes: Sequence[Box]) -> tuple[list[str], list[str]]:
    return numbers([box.width for box in boxes]), numbers([box.height for box in boxes])


def _rect(width: float, height: float, corner: float = 7) -> str:
    return f'<rect class="n" width="{number(width)}" height="{number(height)}" rx="{number(corner)}"/>'


def _bar(height: float) -> str:
    """The coloured bar at the left of a card, inside its round corners."""
    low = number(height - 7)
    return f"M7 0A7 7 0 0 0 0 7V{low}A7 7 0 0 0 7 {number(height)}z"


def _sheet(width: float, height: float) -> str:
    """The edge of a second sheet behind a closed module, below it and to the right."""
    right, low = number(width + 3.5), number(height + 3.5)
    side = f"M{number(width)} 4Q{right} 5 {right} 10V{number(height - 3.5)}"
    return f"{side}Q{right} {low} {number(width - 3.5)} {low}H10Q5 {low} 4 {number(height)}"


def _plain(text: Text, x: str, y: str) -> str:
    return f'<text x="{x}" y="{y}">{xml_text.line(text.text)}</text>'


def _text(text: Text) -> str:
    x, y, words, style, side, role = text
    anchor = f' text-anchor="{side}"' if side != "start" else ""
    classes = f"{style if style != 't' else ''} {role}".strip()
    named = f' class="{classes}"' if classes else ""
    return f'<text{named} x="{number(x)}" y="{number(y)}"{anchor}>{xml_text.line(words)}</text>'


def _badge(badge: Badge) -> str:
    left, top = badge.x, badge.y
    classes = f"badge {badge.role}".strip()
    return (
        f'<rect class="{classes}" x="{number(left)}" y="{number(top)}" width="{number(badge.width)}"'
        f' height="{number(badge.height)}" rx="{number(badge.height / 2)}"/><text class="b" x="'
        f'{number(left + badge.width / 2)}" y="{number(top + 11.6)}" text-anchor="middle">'
        f"{xml_text.line(badge.text)}</text>"
    )


def _note(note: Note) -> str:
    return _joined(_text(text) for text in note.texts)


def _swatch(swatch: Swatch) -> str:
    size = number(swatch.size)
    return (
        f'<rect class="{swatch.colour}" x="{number(swatch.x)}" y="{number(swatch.y)}" width="{size}"'
        f' height="{size}" rx="2"/>{_text(swatch.text)}\n'
    )


def _joined(parts: Iterable[str]) -> str:
    return "".join(parts) + "\n"


def _linked(body: str, link: str) -> str:
    # Where the picture is part of a page, it is the page that goes to another place.
    place = "" if link.startswith("#") else ' target="_top"'
    return f'<a href="{xml_text.line(link)}"{place}>{body}</a>'
