"""Lays out every frame from the innermost outwards; equal frames are laid out once."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from graphviz_torch.layout.faces import Face, Line
from graphviz_torch.layout.heads import head
from graphviz_torch.layout.level import Level, lay_out
from graphviz_torch.layout.network import Link, Piece, Plan
from graphviz_torch.layout.painter import Painter
from graphviz_torch.layout.remarks import Remark, remark
from graphviz_torch.layout.styles import (
    BADGE_HEIGHT,
    BOX_BOTTOM,
    BOX_PAD,
    BOX_TITLE,
    LABEL_GAP,
    LABEL_HEIGHT,
)
from graphviz_torch.layout.text_width import text_width
from graphviz_torch.layout.tree import BORDER, Body, Tree

CROSSING = 6.0
STEM_STEP = 16.0
TITLE_AIR = 10.0
TITLE_LEFT = 12.0
ENTRY = Piece(CROSSING, CROSSING, 0.0, 0.0)
Row = tuple[int, int, float, float, int]  # the fields of a link, before anyone has to look into it
Ends = tuple[int, int, float, float, bool, tuple[int, ...]]  # the fields of a plan after its links


@dataclass(slots=True)
class Frame:
    """One frame, laid out.

    Attributes:
        x, y: where the level's origin lies in the frame, in the frame's own coordinates.
        enters, leaves: for each key that crosses the frame, where, from the middle across the flow.
        faces: of its items; `None` for frames.
        stems: for each item, (key, offset, label) of what leaves it.
        shifts: how far the crossings at the start are moved aside, out of the way of the title.
    """

    level: Level
    plan: Plan
    head: Face | None
    width: float
    height: float
    x: float
    y: float
    enters: dict[str, float]
    leaves: dict[str, float]
    faces: list[Face | None]
    stems: list[list[tuple[str, float, str]]]
    edges: list[tuple[str, int, int]]
    remarks: dict[int, Remark] = field(default_factory=dict)


class Framer:
    """Turns frames into plans, and plans into frames."""

    def __init__(self, tree: Tree, painter: Painter, *, sideways: bool) -> None:
        self.tree = tree
        self.painter = painter
        self.sideways = sideways
        self.frames: dict[Body, Frame] = {}
        self._levels: dict[tuple[object, ...], tuple[Plan, Level]] = {}
        self._pieces: dict[tuple[float, float, str], Piece] = {}

    def run(self) -> dict[Body, Frame]:
        """All frames."""
        for body in reversed(self.tree.bodies):
            self.frames[body] = self._frame(body)
        return self.frames

    def _frame(self, body: Body) -> Frame:
        title = head(self.painter.facts, body, body.call) if body.call is not None else None
        remarks = self._remarks(body)
        faces = [None if item.inner is not None else self._face(body, item.place, remarks) for item in body.items]
        stems = self._stems(body, faces)
        for place, stem in enumerate(stems):
            if len(stem) > 1:
                faces[place] = self._covering(faces[place], stem)
        links, edges = self._links(body, stems)
        plan, level = self._laid_out(
            self._pieces_of(body, faces, stems, remarks), links, self._ends(body, stems, title)
        )
        self._follow(plan, level, edges, stems)
        return self._around(body, Frame(level, plan, title, 0, 0, 0, 0, {}, {}, faces, stems, edges, remarks))

    def _follow(
        self, plan: Plan, level: Level, edges: list[tuple[str, int, int]], stems: list[list[tuple[str, float, str]]]
    ) -> None:
        """Moves labels along with lines that have changed places."""
        for piece in plan.loose:
            place = piece - plan.ins
            spots = {key: at for (key, source, _), at in zip(edges, level.leaves, strict=True) if source == place}
            stems[place] = [(key, spots[key], label) for key, _, label in stems[place]]

    def _loose(self, body: Body, stems: list[list[tuple[str, float, str]]]) -> tuple[int, ...]:
        """The cards whose lines take equal room."""
        return tuple(
            len(body.ins) + place
            for place, stem in enumerate(stems)
            if len(stem) > 1
            and body.items[place].inner is None
            and (self.sideways or len({label for _, _, label in stem}) == 1)
        )

    def _remarks(self, body: Body) -> dict[int, Remark]:
        if self.painter.graph.failure is None:
            return {}
        return {item.place: found for item in body.items if (found := remark(self.painter, item))}

    def _face(self, body: Body, place: int, remarks: dict[int, Remark]) -> Face | None:
        found = remarks.get(place)
        return found.face if found is not None else self.painter.face(body.items[place])

    def _stems(self, body: Body, faces: list[Face | None]) -> list[list[tuple[str, float, str]]]:
        """For each item: what leaves it, where, and the label, empty for what only leaves the frame as well."""
        found: list[dict[str, str]] = [{} for _ in body.items]
        label_of = self.painter.facts.label
        for (key, target), source in body.edges.items():
            if source != BORDER and not found[source].get(key):
                silent = target == BORDER or self._says_itself(body, source, target)
                found[source][key] = "" if silent else label_of(key)
        return [self._offsets(body, place, labels) if labels else [] for place, labels in enumerate(found)]

    def _says_itself(self, body: Body, source: int, target: int) -> bool:
        """Whether one end of an edge shows what flows."""
        maker, reader = body.items[source], body.items[target]
        if maker.reference is not None or (reader.node is not None and reader.node.kind == "output"):
            return True
        return maker.node is not None and maker.node.kind in ("input", "parameter", "buffer", "constant")

    def _offsets(self, body: Body, place: int, labels: dict[str, str]) -> list[tuple[str, float, str]]:
        inner = body.items[place].inner
        if inner is not None:
            leaves = self.frames[inner].leaves
            return [(key, leaves[key], label) for key, label in labels.items()]
        if len(labels) < 2:
            return [(key, 0.0, label) for key, label in labels.items()]
        wide = [STEM_STEP if self.sideways else self._reach(label) + 10 for label in labels.values()]
        at = -sum(wide[:-1]) / 2
        found = []
        for (key, label), step in zip(labels.items(), wide, strict=True):
            found.append((key, at, label))
            at += step
        return found

    def _covering(self, face: Face | None, stem: list[tuple[str, float, str]]) -> Face | None:
        """The face, wide enough for every line to leave from under it."""
        if face is None:
            return None
        wide = 2 * max(abs(at) for _, at, _ in stem) + 2 * CROSSING
        if self.sideways:
            return face._replace(height=max(face.height, wide))
        return face._replace(width=max(face.width, wide))

    def _reach(self, label: str) -> float:
        """How far a label reaches to the right of its line."""
        return LABEL_GAP + text_width(label, "l") if label else 0.0

    def _laid_out(self, pieces: list[Piece], links: list[Row], ends: Ends) -> tuple[Plan, Level]:
        """The plan of a frame and its level; equal frames have the same."""
        look = (tuple(pieces), tuple(links), ends)
        found = self._levels.get(look)
        if found is None:
            plan = Plan(look[0], tuple(map(Link._make, links)), *ends)
            found = self._levels[look] = plan, lay_out(plan)
        return found

    def _pieces_of(
        self,
        body: Body,
        faces: list[Face | None],
        stems: list[list[tuple[str, float, str]]],
        remarks: dict[int, Remark],
    ) -> list[Piece]:
        pieces = [ENTRY] * len(body.ins)
        for place, (face, stem) in enumerate(zip(faces, stems, strict=True)):
            pieces.append(self._piece(body, place, face, stem, remarks.get(place)))
        pieces.extend([self._exit(key, len(body.outs)) for key in body.outs])
        return pieces

    def _ends(self, body: Body, stems: list[list[tuple[str, float, str]]], head: Face | None) -> Ends:
        """What a plan holds besides pieces and links."""
        ins, outs = len(body.ins), len(body.outs)
        shortest = 0.0
        if self.sideways and head is not None:
            shortest = self._title_width(head) + 2 * TITLE_LEFT - (0 if ins else BOX_PAD) - (0 if outs else BOX_PAD)
        lead = 0.0 if self.sideways else BOX_TITLE
        return ins, outs, max(shortest, 0.0), lead, self.sideways, self._loose(body, stems)

    def _links(
        self, body: Body, stems: list[list[tuple[str, float, str]]]
    ) -> tuple[list[Row], list[tuple[str, int, int]]]:
        """The rows of the links between the pieces of a frame, and the (key, source, target) of each."""
        ins, items = len(body.ins), body.items
        in_place = {key: number for number, key in enumerate(body.ins)}
        out_place = {key: ins + len(items) + number for number, key in enumerate(body.outs)}
        keys: dict[str, int] = {}
        links, edges = [], []
        for (key, target), source in body.edges.items():
            leaves = enters = 0.0
            if source == BORDER:
                start = in_place[key]
            else:
                start, stem = ins + source, stems[source]
                leaves = stem[0][1] if len(stem) == 1 else next(at for other, at, _ in stem if other == key)
            if target == BORDER:
                end = out_place[key]
            else:
                end, inner = ins + target, items[target].inner
                if inner is not None:
                    enters = self.frames[inner].enters[key]
            links.append((start, end, leaves, enters, keys.setdefault(key, len(keys))))
            edges.append((key, source, target))
        return links, edges

    def _exit(self, key: str, outs: int) -> Piece:
        label = self.painter.facts.label(key) if outs > 1 else ""
        if not label:
            return ENTRY
        if self.sideways:
            return Piece(LABEL_HEIGHT + 4, CROSSING, 0.0, 0.0)
        return Piece(CROSSING, max(CROSSING, self._reach(label)), 0.0, 0.0)

    def _piece(
        self, body: Body, place: int, face: Face | None, stem: list[tuple[str, float, str]], note: Remark | None
    ) -> Piece:
        inner = body.items[place].inner
        if inner is not None:
            width, height = self.frames[inner].width, self.frames[inner].height
        else:
            assert face is not None
            width, height = face.width, face.height
        if len(stem) < 2 and inner is None and note is None:
            look = (width, height, stem[0][2] if stem else "")
            found = self._pieces.get(look)
            if found is None:
                found = self._pieces[look] = self._simple(*look)
            return found
        labelled = [(at, label) for _, at, label in stem if label]
        reach = max([abs(at) for _, at, _ in stem], default=0.0)
        if self.sideways:
            widest = max([text_width(label, "l") for _, label in labelled], default=0.0)
            half = max(height / 2, reach + (LABEL_HEIGHT + 3 if labelled else 0))
            piece = Piece(half, max(height / 2, reach), width, widest + 10 if labelled else 0.0)
        else:
            after = max([width / 2, reach, *[at + self._reach(label) for at, label in labelled]])
            piece = Piece(max(width / 2, reach), after, height, LABEL_HEIGHT if labelled else 0.0)
        if note is None:
            return piece
        late = 2 if note.ghosts else 1 if body.items[place].node is None else 0
        return note.widen(piece, sideways=self.sideways)._replace(late=late)

    def _simple(self, width: float, height: float, label: str) -> Piece:
        """The room of a card with one line out of its middle."""
        if self.sideways:
            band = text_width(label, "l") + 10 if label else 0.0
            return Piece(max(height / 2, LABEL_HEIGHT + 3), height / 2, width, band)
        half = width / 2
        if not label:
            return Piece(half, half, height, 0.0)
        return Piece(half, max(half, LABEL_GAP + text_width(label, "l")), height, LABEL_HEIGHT)

    def _title_width(self, head: Face) -> float:
        left, right = _left_width(head.lines), self.right_width(head)
        return left + (right + TITLE_AIR if right else 0)

    def right_width(self, head: Face) -> float:
        """What the right end of a title takes."""
        text = text_width(head.right, "s") if head.right else 0.0
        badge = badge_width(head.badge) if head.badge else 0.0
        return text + badge + (8 if text and badge else 0)

    def _around(self, body: Body, frame: Frame) -> Frame:
        """Draws the frame around the laid-out content."""
        level = frame.level
        if frame.head is None:
            return self._canvas(frame)
        if self.sideways:
            frame.x = 0.0 if body.ins else BOX_PAD
            frame.y = BOX_TITLE - level.low
            frame.width = frame.x + level.length + (0.0 if body.outs else BOX_PAD)
            frame.height = BOX_TITLE + level.high - level.low + BOX_BOTTOM
            middle = frame.height / 2 - frame.y
        else:
            left, right = self._sides(body, frame)
            frame.x = left - level.low
            frame.y = BOX_TITLE
            frame.width = left + level.high - level.low + right
            frame.height = BOX_TITLE + level.length + (0.0 if body.outs else BOX_BOTTOM)
            middle = frame.width / 2 - frame.x
        first_out = frame.plan.ins + len(body.items)
        frame.enters = {key: level.across[n] - middle for n, key in enumerate(body.ins)}
        frame.leaves = {key: level.across[first_out + n] - middle for n, key in enumerate(body.outs)}
        return frame

    def _sides(self, body: Body, frame: Frame) -> tuple[float, float]:
        """The room left and right of the content, so that what enters passes beside the title."""
        level, head = frame.level, frame.head
        assert head is not None
        title = TITLE_LEFT + _left_width(head.lines)
        corner = TITLE_LEFT + self.right_width(head)
        left = right = BOX_PAD
        entries = [level.across[n] for n in range(len(body.ins))]
        if entries:
            left = max(left, title + TITLE_AIR - (min(entries) - level.low))
            right = max(right, corner + TITLE_AIR - (level.high - max(entries)))
        missing = title + TITLE_AIR + corner - (left + level.high - level.low + right)
        return left, right + max(missing, 0.0)

    def _canvas(self, frame: Frame) -> Frame:
        level = frame.level
        across, along = level.high - level.low, level.length
        frame.width, frame.height = (along, across) if self.sideways else (across, along)
        frame.x, frame.y = (0.0, -level.low) if self.sideways else (-level.low, 0.0)
        return frame


@lru_cache(maxsize=4096)
def _left_width(lines: tuple[Line, ...]) -> float:
    """What the left end of a title takes."""
    return sum([text_width(text, style) for text, style, _ in lines]) + 6 * (len(lines) - 1)


def badge_width(text: str) -> float:
    """The width of a badge."""
    return max(text_width(text, "b") + 12, BADGE_HEIGHT)
