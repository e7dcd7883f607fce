"""The scene: what is drawn and where, with classes in place of colours, and nothing of graphs.

Units are CSS pixels; x grows to the right and y downwards. Positions are absolute, but for what many elements share:
the texts and badges of a card count from its corner, the path of an edge from the edge's own origin.
"""

from __future__ import annotations

from typing import NamedTuple

Command = tuple[float, ...]
Path = tuple[Command, ...]


class Text(NamedTuple):
    """One line of text.

    Attributes:
        x: the start, middle or end of the line, by `anchor`.
        y: the baseline.
        style: a key of `styles.FONTS`, which gives size and weight.
        role: a further class, for colour: `warn`, `bad` ...
    """

    x: float
    y: float
    text: str
    style: str
    anchor: str = "start"
    role: str = ""


class Badge(NamedTuple):
    """A small pill with a word in it; `x` and `y` are its upper left corner."""

    x: float
    y: float
    width: float
    height: float
    text: str
    role: str = ""


class Card(NamedTuple):
    """One node.

    Attributes:
        id: the id of the graph's element.
        texts, badges: from its upper left corner.
        shape: `card`, `stack` (a closed module), `pill` (input, output), `ref` (a small reference) or `ghost`.
        colour: the class that colours its bar: a kind, or `c0`, `c1` ... of the legend; empty for no bar.
        state: `bad`, `handled` or empty.
        target: the id of the element that a reference stands for.
    """

    id: str
    x: float
    y: float
    width: float
    height: float
    shape: str
    colour: str
    texts: tuple[Text, ...]
    tooltip: str = ""
    state: str = ""
    badges: tuple[Badge, ...] = ()
    link: str = ""
    target: str = ""


class Box(NamedTuple):
    """The frame of a module call; `level` counts the frames around it."""

    id: str
    x: float
    y: float
    width: float
    height: float
    level: int
    texts: tuple[Text, ...]
    tooltip: str = ""
    state: str = ""
    badges: tuple[Badge, ...] = ()
    link: str = ""


class Edge(NamedTuple):
    """A line from where data is made to where it is read.

    Attributes:
        x, y: the origin of its path.
        path: the first command is the start `(x, y)`; then `(x, y)` is a line to there, and
            `(x1, y1, x2, y2, x, y)` a cubic curve.
        arrow: whether it ends in an arrow head.
        state: `bad`, `ref` or empty.
    """

    x: float
    y: float
    path: Path
    arrow: bool
    state: str = ""


class Label(NamedTuple):
    """What flows along an edge; `level` is that of the frame it lies in."""

    text: Text
    width: float
    height: float
    level: int


class Note(NamedTuple):
    """Lines of text beside a node; the frame is theirs."""

    x: float
    y: float
    width: float
    height: float
    texts: tuple[Text, ...]
    role: str = ""


class Swatch(NamedTuple):
    """One entry of the legend."""

    x: float
    y: float
    size: float
    colour: str
    text: Text


class Scene(NamedTuple):
    """A whole picture.

    Attributes:
        description: in words, for those who do not see it.
        palette: index of the colour class by name, where colours are numbered (`device`, `dtype`).
    """

    width: float
    height: float
    title: str
    description: str
    boxes: tuple[Box, ...] = ()
    cards: tuple[Card, ...] = ()
    edges: tuple[Edge, ...] = ()
    labels: tuple[Label, ...] = ()
    notes: tuple[Note, ...] = ()
    legend: tuple[Swatch, ...] = ()
