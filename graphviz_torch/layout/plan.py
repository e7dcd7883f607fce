"""What one frame holds, pieces to place and links between them, and where they lie when it is laid out."""

from __future__ import annotations

from typing import NamedTuple

from graphviz_torch.layout.scene import Path


class Piece(NamedTuple):
    """Something to place: how far it reaches from its middle, to both sides, along the flow, and below it.

    Attributes:
        before, after: across the flow, from its middle, labels included.
        size: along the flow; 0 for a crossing of the frame.
        band: along the flow, what its labels need after it.
        late: 1 or more where it stands after everything else, in that order.
    """

    before: float
    after: float
    size: float
    band: float
    late: int = 0


class Link(NamedTuple):
    """An edge between two pieces.

    Attributes:
        leaves, enters: from the middle of a piece.
        key: links of one maker with equal keys share their bends.
        state: what is told of it by its colour: links of different states never become one line.
    """

    source: int
    target: int
    leaves: float
    enters: float
    key: int
    state: int = 0


class Plan(NamedTuple):
    """What one frame holds.

    Attributes:
        ins, outs: how many of the first and of the last pieces are crossings of the frame.
        shortest: the least length along the flow.
        lead: how far before its start the lines enter the frame.
        sideways: whether the flow goes to the right.
        loose: pieces whose lines may leave in any order.
    """

    pieces: tuple[Piece, ...]
    links: tuple[Link, ...]
    ins: int
    outs: int
    shortest: float
    lead: float
    sideways: bool
    loose: tuple[int, ...] = ()


class Level(NamedTuple):
    """A frame's content, laid out.

    Attributes:
        across: the middle of each piece; along: where it starts.
        stems: where the labels after each piece start, along the flow.
        paths: the line of each link, in the coordinates of the picture.
        leaves: where each link leaves its piece, from its middle.
        low, high: how far it reaches across; length: along.
    """

    across: tuple[float, ...]
    along: tuple[float, ...]
    stems: tuple[float, ...]
    paths: tuple[Path, ...]
    leaves: tuple[float, ...]
    low: float
    high: float
    length: float
