"""From a graph to a scene: frames are placed from the outside in, then all is said in absolute positions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from graphviz_torch.ir.graph import Graph
from graphviz_torch.layout.build import build
from graphviz_torch.layout.changes import GLYPHS
from graphviz_torch.layout.faces import Face
from graphviz_torch.layout.frames import Frame, Framer
from graphviz_torch.layout.legend import describe, legend, remarks_below
from graphviz_torch.layout.painter import Painter
from graphviz_torch.layout.references import add_references
from graphviz_torch.layout.remarks import AIR, GHOST_AIR, GHOST_HEAD, LINE, Remark
from graphviz_torch.layout.scene import Badge, Box, Card, Edge, Label, Note, Scene, Swatch, Text
from graphviz_torch.layout.styles import (
    BADGE_HEIGHT,
    CARD_LEFT,
    CARD_STEP,
    FONTS,
    LABEL_GAP,
    LABEL_HEIGHT,
    MARGIN,
)
from graphviz_torch.layout.text_width import text_width
from graphviz_torch.layout.titles import badge_width
from graphviz_torch.layout.tree import BORDER, Body, Item, Tree

NO_LINKS: Mapping[str, str] = MappingProxyType({})


def scene(
    graph: Graph,
    *,
    direction: str = "TB",
    color_by: str = "kind",
    source_url: str = "",
    links: Mapping[str, str] = NO_LINKS,
) -> Scene:
    """The picture of a graph.

    Args:
        direction: of the data flow: `TB` downwards, `LR` to the right.
        color_by: what the bar of a card stands for: `kind`, `device` or `dtype`.
        source_url: template with `{file}` and `{line}` for the links of nodes; empty for none.
        links: URLs of classes of modules and of operations by their full names; they come before `source_url`.
    """
    tree = build(graph)
    add_references(tree)
    painter = Painter(tree, color_by)
    frames = Framer(tree, painter, sideways=direction == "LR").run()
    writer = _Writer(tree, painter, frames, direction == "LR", source_url, links)
    writer.write()
    return writer.finish()


@dataclass(slots=True)
class _Writer:
    """Collects the elements of a scene."""

    tree: Tree
    painter: Painter
    frames: dict[Body, Frame]
    sideways: bool
    source_url: str
    links: Mapping[str, str]
    boxes: list[Box] = field(default_factory=list)
    cards: list[Card] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    kinds: dict[str, None] = field(default_factory=dict)
    shared: dict[tuple[object, ...], tuple[Text, ...]] = field(default_factory=dict)

    def write(self) -> None:
        """Places every frame and what is in it."""
        todo: list[tuple[Body, float, float]] = [(self.tree.canvas, MARGIN, MARGIN)]
        for body, x, y in todo:
            frame = self.frames[body]
            if frame.head is not None:
                self._box(body, frame, frame.head, x, y)
            origin_x, origin_y = x + frame.x, y + frame.y
            for item in body.items:
                place = frame.plan.ins + item.place
                across, along = frame.level.across[place], frame.level.along[place]
                face = frame.faces[item.place]
                if item.inner is not None:
                    inner = self.frames[item.inner]
                    left, top = self._corner(across, along, inner.width, inner.height)
                    todo.append((item.inner, origin_x + left, origin_y + top))
                elif face is not None:
                    left, top = self._corner(across, along, face.width, face.height)
                    self._item(item, face, frame.remarks.get(item.place), origin_x + left, origin_y + top)
                if frame.stems[item.place]:
                    self._labels(body, frame, item, across, frame.level.stems[place], origin_x, origin_y)
            self._edges(body, frame, origin_x, origin_y)

    def _corner(self, across: float, along: float, width: float, height: float) -> tuple[float, float]:
        return (along, across - height / 2) if self.sideways else (across - width / 2, along)

    def _box(self, body: Body, frame: Frame, head: Face, x: float, y: float) -> None:
        texts = []
        at = x + 12
        for text, style, role in head.lines:
            texts.append(Text(at, y + 19, text, style, "start", role))
            at += text_width(text, style) + 6
        right = x + frame.width - 12
        badges: tuple[Badge, ...] = ()
        if head.badge:
            wide = badge_width(head.badge)
            badges = (Badge(right - wide, y + 7, wide, BADGE_HEIGHT, head.badge),)
            right -= wide + 8
        badges += _glyph(head.state, x + frame.width, y)
        badges += self.painter.facts.pins.badges(body.call.id, x, x + frame.width, y) if body.call is not None else ()
        if head.right:
            texts.append(Text(right, y + 19, head.right, "s", "end"))
        assert body.call is not None
        self.boxes.append(
            Box(
                body.call.id,
                x,
                y,
                frame.width,
                frame.height,
                body.depth - 1,
                tuple(texts),
                head.tooltip,
                head.state,
                badges,
                self._link(head, self.painter.facts.type_of(body.call)),
            )
        )

    def _link(self, face: Face, *names: str) -> str:
        for name in names:
            if name in self.links:
                return self.links[name]
        source = face.source
        if not self.source_url or source is None:
            return ""
        return self.source_url.replace("{file}", source.file).replace("{line}", str(source.line))

    def _item(self, item: Item, face: Face, note: Remark | None, x: float, y: float) -> None:
        if note is not None and note.ghosts:
            self._ghosts(note, face, x, y)
            return
        node = item.node or item.reference
        identity = item.node.id if item.node is not None else ""
        target = item.reference.id if item.reference is not None else ""
        if face.colour.startswith("k-"):
            self.kinds[face.colour] = None
        self.cards.append(
            Card(
                identity,
                x,
                y,
                face.width,
                face.height,
                face.shape,
                face.colour,
                self._texts(face),
                face.tooltip,
                face.state,
                self._badges(face, identity),
                self._link(face, *self._named(item)) if node and (self.source_url or self.links) else "",
                target,
            )
        )
        if note is not None and note.lines:
            self._note(note, face, x, y)

    def _named(self, item: Item) -> tuple[str, ...]:
        """The full names of what a card stands for: the class of its module, then the operation."""
        if item.node is None or not self.links:
            return ()
        module = self.painter.facts.module_of(item)
        return "" if module is None else module.type, item.node.op

    def _badges(self, face: Face, identity: str) -> tuple[Badge, ...]:
        pins = self.painter.facts.pins.badges(identity, 0.0, face.width, 0.0)
        return (*_badges(face), *pins) if face.badge or face.state else pins

    def _texts(self, face: Face) -> tuple[Text, ...]:
        """The lines of a card, from its corner; equal cards share theirs."""
        key = (face.shape, id(face.lines), face.width, face.height)
        found = self.shared.get(key)
        if found is None:
            found = self.shared[key] = _inline(face) if face.shape in ("pill", "ref") else _stacked(face)
        return found

    def _note(self, note: Remark, face: Face, x: float, y: float) -> None:
        left, top = (x, y + face.height + AIR / 2) if self.sideways else (x + face.width + AIR, y)
        texts = tuple(
            Text(left, top + 11 + LINE * number, text, style, "start", role)
            for number, (text, style, role) in enumerate(note.lines)
        )
        self.notes.append(Note(left, top, note.width, note.height, texts, "bad"))

    def _ghosts(self, note: Remark, face: Face, x: float, y: float) -> None:
        text, style, _ = face.lines[0]
        self.notes.append(Note(x, y, text_width(text, style), 14, (Text(x, y + 11, text, style),)))
        top = y + GHOST_HEAD
        for ghost in note.ghosts:
            self.cards.append(
                Card(
                    "",
                    x,
                    top,
                    ghost.width,
                    ghost.height,
                    "ghost",
                    ghost.colour,
                    self._texts(ghost),
                    ghost.tooltip,
                )
            )
            if ghost.colour.startswith("k-"):
                self.kinds[ghost.colour] = None
            x += ghost.width + GHOST_AIR

    def _labels(self, body: Body, frame: Frame, item: Item, across: float, along: float, x: float, y: float) -> None:
        for _, offset, label in frame.stems[item.place]:
            if not label:
                continue
            if self.sideways:
                left, base = x + along + 5, y + across + offset - 4
            else:
                left, base = x + across + offset + LABEL_GAP, y + along + LABEL_HEIGHT - 2
            text = Text(left, base, label, "l")
            self.labels.append(Label(text, text_width(label, "l"), FONTS["l"].size + 1, body.depth))

    def _edges(self, body: Body, frame: Frame, x: float, y: float) -> None:
        failing = self.tree.failed is not None and self.tree.failed.node is not None
        items, states = body.items, self.tree.states
        for (key, source, target), path in zip(frame.edges, frame.level.paths, strict=True):
            reader = None if target == BORDER else items[target]
            state = "ref" if source != BORDER and items[source].reference is not None else ""
            state = states.get(key, state)
            if failing and self._fails(body, key, reader):
                state = "bad"
            self.edges.append(Edge(x, y, path, reader is not None and reader.inner is None, state))

    def _fails(self, body: Body, key: str, reader: Item | None) -> bool:
        """Whether a line leads to the node that failed."""
        failed = self.tree.failed
        keys = {key, *self.tree.groups.get(key, ())}
        if failed is None or failed.node is None or not keys.intersection(failed.node.operands):
            return False
        walk: Body | None = failed.body
        target: Item | None = failed
        while walk is not None and walk is not body:
            target, walk = walk.item, walk.parent
        if walk is None:
            return reader is None
        return reader is target

    def finish(self) -> Scene:
        """The scene, with its legend and its size."""
        canvas = self.frames[self.tree.canvas]
        width, height = canvas.width + 2 * MARGIN, canvas.height + 2 * MARGIN
        graph = self.painter.graph
        swatches: tuple[Swatch, ...] = ()
        notes = remarks_below(graph, self.painter.facts.pins, MARGIN, height)
        if notes:
            last = notes[-1]
            height = last.y + last.height + MARGIN
            width = max(width, *(note.x + note.width + MARGIN for note in notes))
        swatches, width, height = legend(self.painter, tuple(self.kinds), width, height)
        return Scene(
            width,
            height,
            graph.name or "graph",
            describe(self.painter),
            tuple(self.boxes),
            tuple(self.cards),
            tuple(self.edges),
            tuple(self.labels),
            (*self.notes, *notes),
            swatches,
        )


def _stacked(face: Face) -> tuple[Text, ...]:
    first = 17.0 if len(face.lines) > 1 else face.height / 2 + 4.3
    return tuple(
        Text(CARD_LEFT, first + CARD_STEP * number, text, style, "start", role)
        for number, (text, style, role) in enumerate(face.lines)
    )


def _inline(face: Face) -> tuple[Text, ...]:
    """Name and shape side by side, in the middle."""
    wide = sum(text_width(text, style) for text, style, _ in face.lines) + 7 * (len(face.lines) - 1)
    at = (face.width - wide) / 2
    texts = []
    for text, style, role in face.lines:
        texts.append(Text(at, face.height / 2 + FONTS[style].size * 0.36, text, style, "start", role))
        at += text_width(text, style) + 7
    return tuple(texts)


def _badges(face: Face) -> tuple[Badge, ...]:
    glyph = _glyph(face.state, face.width, 0.0)
    if not face.badge:
        return glyph
    wide = badge_width(face.badge)
    return (Badge(face.width - wide - (6 if not glyph else 12), 6, wide, BADGE_HEIGHT, face.badge), *glyph)


def _glyph(state: str, right: float, top: float) -> tuple[Badge, ...]:
    """The sign of a change, on the upper right corner."""
    if state not in GLYPHS:
        return ()
    half = BADGE_HEIGHT / 2
    return (Badge(right - BADGE_HEIGHT + 4, top - half + 1, BADGE_HEIGHT, BADGE_HEIGHT, GLYPHS[state], state),)
