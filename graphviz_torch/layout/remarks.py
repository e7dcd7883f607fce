"""What stands beside a card: the explanation of a failure, and the modules that were not reached."""

from __future__ import annotations

from dataclasses import dataclass

from graphviz_torch.ir.graph import Failure
from graphviz_torch.layout.faces import Face
from graphviz_torch.layout.names import place_words
from graphviz_torch.layout.painter import Painter
from graphviz_torch.layout.plan import Piece
from graphviz_torch.layout.text_width import elide, text_width, wrap
from graphviz_torch.layout.tree import Item

AIR = 24.0
LIMIT = 330.0
LINE = 17.0
MOST_LINES = 3
GHOSTS = 6
GHOST_AIR = 12.0
GHOST_HEAD = 20.0


@dataclass(frozen=True, slots=True)
class Remark:
    """A block beside a card, or a block of its own.

    Attributes:
        lines: (text, style, role) of the explanation.
        ghosts: cards of modules that were not reached.
    """

    face: Face | None
    width: float
    height: float
    lines: tuple[tuple[str, str, str], ...] = ()
    ghosts: tuple[Face, ...] = ()

    def widen(self, piece: Piece, *, sideways: bool) -> Piece:
        """The room of the card and its remark together."""
        if not self.lines:
            return piece
        if sideways:
            return piece._replace(after=piece.after + AIR / 2 + self.height, size=max(piece.size, self.width))
        return piece._replace(after=piece.after + AIR + self.width, size=max(piece.size, self.height))


def remark(painter: Painter, item: Item) -> Remark | None:
    """What stands beside an item, if anything does."""
    if item.ghosts:
        return _ghosts(painter, item)
    failure = painter.graph.failure
    if failure is None or item is not painter.failed:
        return None
    lines = tuple((elide(text, style, LIMIT), style, role) for text, style, role in explanation(failure))
    width = max((text_width(text, style) for text, style, _ in lines), default=0.0)
    return Remark(painter.face(item), width, LINE * len(lines) + 2, lines)


def explanation(failure: Failure) -> list[tuple[str, str, str]]:
    """The exception, where, the code, and what helps: lines as (text, style, role)."""
    frame = failure.frames[0] if failure.frames else None
    first = failure.reason or failure.message.strip().partition("\n")[0]
    says = f"{failure.exception}: {first}" if not failure.reason else first
    lines = [(part, "t", "bad") for part in wrap(says, "t", LIMIT, MOST_LINES)]
    lines.append((place_words(frame), "s", ""))
    lines.append((frame.code if frame else "", "t", ""))
    lines.extend((note, "s", "") for note in failure.notes[:4])
    if failure.hint:
        lines.append((f"help: {failure.hint}", "s", ""))
    return [line for line in lines if line[0]]


def _ghosts(painter: Painter, item: Item) -> Remark:
    """The modules that were not reached, in a row under a word."""
    faces = tuple(painter.ghost(module, item.body) for module in item.ghosts[:GHOSTS])
    more = len(item.ghosts) - len(faces)
    head = "not reached" + (f", and {more} more" if more else "")
    width = max(sum(face.width + GHOST_AIR for face in faces) - GHOST_AIR, text_width(head, "s"))
    height = GHOST_HEAD + max(face.height for face in faces)
    face = Face("ghosts", "", ((head, "s", ""),), width, height)
    return Remark(face, width, height, (), faces)
