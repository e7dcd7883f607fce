"""Writes a scene as PDF: vectors and text that can be selected, the same bytes every time."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from graphviz_torch.errors import RenderError, RenderLimitError
from graphviz_torch.ir.graph import Graph
from graphviz_torch.layout.compose import scene
from graphviz_torch.layout.findings import ROLES
from graphviz_torch.layout.measures import STATES as HEATS
from graphviz_torch.layout.scene import Badge, Box, Card, Edge, Scene, Swatch, Text
from graphviz_torch.layout.styles import FONTS
from graphviz_torch.layout.text_width import text_width
from graphviz_torch.render import textures
from graphviz_torch.render.characters import foreign, texts, warn
from graphviz_torch.render.fonts import NAME
from graphviz_torch.render.options import RenderOptions
from graphviz_torch.render.paths import moved, shortened
from graphviz_torch.render.pdf_fonts import characters, cut
from graphviz_torch.render.style_sheet import STATES
from graphviz_torch.render.theme import Theme, fixed, text_colour

if TYPE_CHECKING:
    from fpdf import FPDF

LIMIT = 14_400.0  # points a side that readers accept
ROUND = 7.0
UNKNOWN = "□"


def render(graph: Graph, options: RenderOptions) -> bytes:
    """The picture of a graph as PDF.

    Raises:
        RenderError: fpdf2 is not installed.
        RenderLimitError: a page cannot be that large.
    """
    picture = scene(
        graph,
        direction=options.direction,
        color_by=options.color_by,
        source_url=options.source_url,
        links=dict(options.links),
    )
    return write(picture, options)


def write(picture: Scene, options: RenderOptions) -> bytes:
    """The PDF of a scene, on one page of its size; larger ones are scaled down to what a page can be."""
    try:
        from fpdf import FPDF
    except ImportError as error:
        raise RenderError("PDF needs the package fpdf2", hint="pip install 'torchviz-cli[pdf]'") from error
    if max(picture.width, picture.height) > 20 * LIMIT:
        raise RenderLimitError(
            f"a page of {picture.width:.0f} × {picture.height:.0f} points is too large for a PDF",
            hint="close modules (--depth 2), or write SVG (-f svg), which has no limit",
        )
    scale = min(1.0, LIMIT / picture.width, LIMIT / picture.height)
    known = characters()
    warn([sign for sign in foreign(picture) if sign not in known], "the font of a PDF lacks")
    page = FPDF(unit="pt", format=(picture.width * scale, picture.height * scale))
    page.set_creation_date(datetime(2000, 1, 1, tzinfo=UTC))
    page.set_title(_plain(options.title or picture.title, known))
    page.set_auto_page_break(False)
    _add_fonts(page, picture, known)
    page.add_page()
    _Pen(page, fixed(options), scale, known).draw(picture)
    return bytes(page.output())


def _add_fonts(page: FPDF, picture: Scene, known: frozenset[str]) -> None:
    used = {sign for text in texts(picture) for sign in _plain(text, known)} | {" ", UNKNOWN}
    with TemporaryDirectory() as folder:
        for style, weight in (("", 400), ("B", 600)):
            path = Path(folder) / f"Inter{style}.ttf"
            cut("".join(sorted(used)), weight, path)
            page.add_font(NAME, style, path)


class _Pen:
    """Draws the elements of a scene on a page."""

    def __init__(self, page: FPDF, theme: Theme, scale: float, known: frozenset[str]) -> None:
        self.page = page
        self.colours = theme.colours
        self.textured = theme.textured
        self.scale = scale
        self.known = known

    def draw(self, picture: Scene) -> None:
        """Everything, from the back to the front."""
        self._rect(0, 0, picture.width, picture.height, "bg", "", 0)
        for box in picture.boxes:
            self._box(box)
        for edge in picture.edges:
            self._edge(edge)
        for card in picture.cards:
            self._card(card)
        for label in picture.labels:
            self._text(label.text)
        for note in picture.notes:
            for text in note.texts:
                self._text(text)
        for swatch in picture.legend:
            self._swatch(swatch)

    def _fill(self, name: str) -> None:
        self.page.set_fill_color(self.colours[name])

    def _stroke(self, name: str, width: float, dash: float = 0.0) -> None:
        self.page.set_draw_color(self.colours[name])
        self.page.set_line_width(width * self.scale)
        self.page.set_dash_pattern(dash=dash * self.scale, gap=dash * self.scale)

    def _rect(self, x: float, y: float, width: float, height: float, fill: str, stroke: str, corner: float) -> None:
        style = ("F" if fill else "") + ("D" if stroke else "")
        if fill:
            self._fill(fill)
        s = self.scale
        self.page.rect(
            x * s,
            y * s,
            width * s,
            height * s,
            style=style,
            round_corners=bool(corner),
            corner_radius=min(corner, height / 2 - 0.01) * s,
        )

    def _box(self, box: Box) -> None:
        changed = box.state in STATES
        line = f"d-{box.state}" if changed else "line"
        self._stroke(line, 1.8 if changed else 1)
        self._rect(box.x, box.y, box.width, box.height, f"g{box.level % 2}", line, 9)
        for text in box.texts:
            self._text(text)
        for badge in box.badges:
            self._badge(badge)

    def _card(self, card: Card) -> None:
        fill, stroke, width, dash = look(card)
        if stroke:
            self._stroke(stroke, width, dash)
        corner = card.height / 2 if card.shape in ("pill", "ref") else ROUND
        if card.shape == "stack":
            self._rect(card.x + 3, card.y + 3, card.width, card.height, fill, stroke, corner)
        self._rect(card.x, card.y, card.width, card.height, fill, stroke, corner)
        if card.colour:
            self._fill(card.colour)
            self._bar(card)
        for text in card.texts:
            self._text(
                text._replace(x=card.x + text.x, y=card.y + text.y),
                inside="changed" if card.state in STATES else "hot" if card.state in HEATS else card.shape,
            )
        for badge in card.badges:
            self._badge(badge._replace(x=card.x + badge.x, y=card.y + badge.y))
        if card.link:
            s = self.scale
            self.page.link(card.x * s, card.y * s, card.width * s, card.height * s, card.link)

    def _bar(self, card: Card) -> None:
        """The coloured bar at the left of a card, in two parts: half a rounded one, cut straight."""
        s = self.scale
        with self.page.drawing_context() as context, self.page.local_context():
            from fpdf.drawing import PaintedPath

            path = PaintedPath(card.x * s + ROUND * s, card.y * s)
            path.style.fill_color = self.colours[card.colour]
            path.style.stroke_color = None
            path.style.stroke_width = 0
            path.arc_to(ROUND * s, ROUND * s, 0, False, False, card.x * s, (card.y + ROUND) * s)
            path.line_to(card.x * s, (card.y + card.height - ROUND) * s)
            path.arc_to(ROUND * s, ROUND * s, 0, False, False, (card.x + ROUND) * s, (card.y + card.height) * s)
            path.close()
            context.add_item(path)
        self._texture(card.colour, card.x + 1, card.y + 1, ROUND - 1, card.height - 2)

    def _texture(self, name: str, x: float, y: float, width: float, height: float) -> None:
        """What the texture of a class cuts out of an area, in the colour of cards."""
        cuts = textures.cuts(name, width, height) if self.textured else ()
        s = self.scale
        if cuts:
            self._fill("fill")
            with self.page.rect_clip(x * s, y * s, width * s, height * s):
                for corners in cuts:
                    self.page.polygon([((x + a) * s, (y + b) * s) for a, b in corners], style="F")

    def _edge(self, edge: Edge) -> None:
        colour = "bad" if edge.state == "bad" else f"d-{edge.state}" if edge.state in STATES else "edge"
        dash = 4 if edge.state == "removed" else 3 if edge.state == "ref" else 0
        self._stroke(colour, 1.8 if edge.state == "bad" else 1.3, dash)
        placed = moved(edge)
        path = shortened(placed) if edge.arrow else placed
        s = self.scale
        x, y = path[0]
        for step in path[1:]:
            if len(step) == 2:
                self.page.line(x * s, y * s, step[0] * s, step[1] * s)
            else:
                points = [(x, y), (step[0], step[1]), (step[2], step[3]), (step[4], step[5])]
                self.page.bezier([(a * s, b * s) for a, b in points])
            x, y = step[-2:]
        if edge.arrow:
            self._head(edge, colour)

    def _head(self, edge: Edge, colour: str) -> None:
        """The arrow head, along the last stretch."""
        path = moved(edge)
        x, y = path[-1][-2:]
        before = path[-2][-2:] if len(path[-1]) == 2 else path[-1][2:4]
        sideways = abs(x - before[0]) > abs(y - before[1])
        long, half, s = 6.5, 3.0, self.scale
        self._fill(colour)
        corners = [(x, y), (x - long, y - half), (x - long, y + half)] if sideways else [
            (x, y), (x - half, y - long), (x + half, y - long)]  # fmt: skip
        self.page.polygon([(a * s, b * s) for a, b in corners], style="F")

    def _badge(self, badge: Badge) -> None:
        fill = f"d-{badge.role}" if badge.role in STATES else f"f-{badge.role}" if badge.role in ROLES else "badge"
        self._rect(badge.x, badge.y, badge.width, badge.height, fill, "", badge.height / 2)
        middle = badge.x + (badge.width - text_width(badge.text, "b")) / 2
        self._text(Text(middle, badge.y + 11.6, badge.text, "b", role=badge.role))

    def _text(self, text: Text, inside: str = "") -> None:
        font = FONTS[text.style]
        words = _plain(text.text, self.known)
        self.page.set_font(NAME, "B" if font.weight >= 600 else "", font.size * self.scale)
        self.page.set_text_color(self.colours[text_colour(text.style, text.role, inside)])
        x = text.x
        if text.anchor != "start":
            x -= self.page.get_string_width(words) / self.scale / (2 if text.anchor == "middle" else 1)
        self.page.text(x * self.scale, text.y * self.scale, words)

    def _swatch(self, swatch: Swatch) -> None:
        self._rect(swatch.x, swatch.y, swatch.size, swatch.size, swatch.colour, "", 2)
        self._texture(swatch.colour, swatch.x, swatch.y, swatch.size, swatch.size)
        self._text(swatch.text)


def look(card: Card) -> tuple[str, str, float, float]:
    """Fill and stroke of a card, the width of the stroke and its dashes."""
    if card.state == "bad":
        return "badfill", "bad", 1.6, 0
    if card.state == "handled":
        return "warnfill", "warnline", 1.4, 0
    if card.state in STATES:
        return f"d-{card.state}fill", f"d-{card.state}", 1.8, 5 if card.state == "removed" else 0
    if card.state in HEATS:
        return card.state, "heatline", 1, 0
    if card.shape == "pill":
        return "pill", "", 0, 0
    if card.shape == "ref":
        return ("", "edge", 1, 3) if card.state == "far" else ("ref", "", 0, 0)
    return "fill", "line", 1, 3.5 if card.shape == "ghost" else 0


def _plain(text: str, known: frozenset[str]) -> str:
    """One line of characters that can be text."""
    return "".join(sign if sign in known else _readable(sign) for sign in text)


def _readable(sign: str) -> str:
    if sign.isspace():
        return " "
    return UNKNOWN if unicodedata.category(sign) in ("Cc", "Cs", "Cn") else sign
