"""Lays out every frame from the innermost outwards; equal frames are laid out once."""

from __future__ import annotations

from dataclasses import dataclass, field

from graphviz_torch.layout.blocks import MANY, WIDEST, width
from graphviz_torch.layout.faces import Face
from graphviz_torch.layout.heads import head
from graphviz_torch.layout.level import lay_out
from graphviz_torch.layout.painter import Painter
from graphviz_torch.layout.plan import Level, Link, Piece, Plan
from graphviz_torch.layout.remarks import Remark, remark
from graphviz_torch.layout.rooms import CROSSING, ENTRY, Rooms, Stem, reach
from graphviz_torch.layout.styles import BOX_BOTTOM, BOX_FREE, BOX_PAD, BOX_TITLE
from graphviz_torch.layout.titles import TITLE_AIR, TITLE_LEFT, left_width, right_width, title_width
from graphviz_torch.layout.tree import BORDER, Body, Tree

STEM_STEP = 16.0
WIDEST_EXITS = WIDEST / 2
STATES = ("", "added", "removed")
Row = tuple[int, int, float, float, int, int]  # the fields of a link, before anyone has to look into it
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
    stems: list[Stem]
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
        self._rooms = Rooms(sideways=sideways)

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

    def _follow(self, plan: Plan, level: Level, edges: list[tuple[str, int, int]], stems: list[Stem]) -> None:
        """Moves labels along with lines that have changed places."""
        for piece in plan.loose:
            place = piece - plan.ins
            spots = {key: at for (key, source, _), at in zip(edges, level.leaves, strict=True) if source == place}
            stems[place] = [(key, spots[key], label) for key, _, label in stems[place]]

    def _loose(self, body: Body, stems: list[Stem]) -> tuple[int, ...]:
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

    def _stems(self, body: Body, faces: list[Face | None]) -> list[Stem]:
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

    def _offsets(self, body: Body, place: int, labels: dict[str, str]) -> Stem:
        inner = body.items[place].inner
        if inner is not None:
            leaves = self.frames[inner].leaves
            return [(key, leaves[key], label) for key, label in labels.items()]
        if len(labels) < 2:
            return [(key, 0.0, label) for key, label in labels.items()]
        wide = [STEM_STEP if self.sideways else reach(label) + 10 for label in labels.values()]
        at = -sum(wide[:-1]) / 2
        found = []
        for (key, label), step in zip(labels.items(), wide, strict=True):
            found.append((key, at, label))
            at += step
        return found

    def _covering(self, face: Face | None, stem: Stem) -> Face | None:
        """The face, wide enough for every line to leave from under it."""
        if face is None:
            return None
        wide = 2 * max(abs(at) for _, at, _ in stem) + 2 * CROSSING
        if self.sideways:
            return face._replace(height=max(face.height, wide))
        return face._replace(width=max(face.width, wide))

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
        stems: list[Stem],
        remarks: dict[int, Remark],
    ) -> list[Piece]:
        pieces = [ENTRY] * len(body.ins)
        for place, (face, stem) in enumerate(zip(faces, stems, strict=True)):
            pieces.append(self._piece(body, place, face, stem, remarks.get(place)))
        return pieces + self._exits(body)

    def _exits(self, body: Body) -> list[Piece]:
        """The room of what leaves a frame; labels that nobody will see have none where that makes the row too wide."""
        if len(body.outs) < 2:
            return [ENTRY] * len(body.outs)
        labels = {key: self.painter.facts.label(key) for key in body.outs}
        found = [self._rooms.exit(label) for label in labels.values()]
        if len(found) > MANY and sum(map(width, found)) > WIDEST_EXITS:
            seen = self._seen(body)
            found = [self._rooms.exit(label if key in seen else "") for key, label in labels.items()]
        return found

    def _seen(self, body: Body) -> set[str]:
        """What leaves a frame for readers that do not show it themselves."""
        if body.parent is None or body.item is None:
            return set()
        parent, place = body.parent, body.item.place
        return {
            key
            for (key, target), source in parent.edges.items()
            if source == place and target != BORDER and not self._says_itself(parent, source, target)
        }

    def _ends(self, body: Body, stems: list[Stem], head: Face | None) -> Ends:
        """What a plan holds besides pieces and links."""
        ins, outs = len(body.ins), len(body.outs)
        shortest = 0.0
        if self.sideways and head is not None:
            shortest = title_width(head) + 2 * TITLE_LEFT - (0 if ins else BOX_PAD) - (0 if outs else BOX_PAD)
        lead = 0.0 if self.sideways else BOX_TITLE
        return ins, outs, max(shortest, 0.0), lead, self.sideways, self._loose(body, stems)

    def _links(self, body: Body, stems: list[Stem]) -> tuple[list[Row], list[tuple[str, int, int]]]:
        """The rows of the links between the pieces of a frame, and the (key, source, target) of each."""
        ins, items = len(body.ins), body.items
        in_place = {key: number for number, key in enumerate(body.ins)}
        out_place = {key: ins + len(items) + number for number, key in enumerate(body.outs)}
        keys: dict[str, int] = {}
        states = self.tree.states
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
            state = STATES.index(states.get(key, "")) if states else 0
            links.append((start, end, leaves, enters, keys.setdefault(key, len(keys)), state))
            edges.append((key, source, target))
        return links, edges

    def _piece(self, body: Body, place: int, face: Face | None, stem: Stem, note: Remark | None) -> Piece:
        inner = body.items[place].inner
        if inner is not None:
            width, height = self.frames[inner].width, self.frames[inner].height
        else:
            assert face is not None
            width, height = face.width, face.height
        simple = len(stem) < 2 and inner is None and note is None
        piece = self._rooms.simple(width, height, stem) if simple else self._rooms.labelled(width, height, stem)
        if note is None:
            return piece
        late = 2 if note.ghosts else 1 if body.items[place].node is None else 0
        return note.widen(piece, sideways=self.sideways)._replace(late=late)

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
            frame.y = BOX_TITLE + (0.0 if body.ins else BOX_FREE)
            frame.width = left + level.high - level.low + right
            frame.height = frame.y + level.length + (0.0 if body.outs else BOX_BOTTOM)
            middle = frame.width / 2 - frame.x
        first_out = frame.plan.ins + len(body.items)
        frame.enters = {key: level.across[n] - middle for n, key in enumerate(body.ins)}
        frame.leaves = {key: level.across[first_out + n] - middle for n, key in enumerate(body.outs)}
        return frame

    def _sides(self, body: Body, frame: Frame) -> tuple[float, float]:
        """The room left and right of the content, so that what enters passes beside the title."""
        level, head = frame.level, frame.head
        assert head is not None
        title = TITLE_LEFT + left_width(head.lines)
        corner = TITLE_LEFT + right_width(head)
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
