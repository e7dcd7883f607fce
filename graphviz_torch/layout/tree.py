"""The tree of drawn frames: what is in each, and who reads whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from graphviz_torch.ir.graph import Json, Module, ModuleCall, Node
from graphviz_torch.ir.walks import GraphIndex

BORDER = -1  # stands for the frame's own edge, at either end of an edge within it


@dataclass(slots=True, eq=False)
class Item:
    """One thing in a frame: a node, a frame, a reference to a far node, or the modules that were not reached.

    Attributes:
        call: the innermost call that the item stands for as a whole, if it does.
        fold: the fold annotation that applies to it.
        others: further outputs of the same value, or further inputs of the same readers, that are drawn with it.
    """

    body: Body
    place: int
    node: Node | None = None
    inner: Body | None = None
    call: ModuleCall | None = None
    fold: Json = None
    reference: Node | None = None
    ghosts: tuple[Module, ...] = ()
    others: tuple[Node, ...] = ()


@dataclass(slots=True, eq=False)
class Body:
    """What is inside one frame; the outermost one is the canvas.

    Attributes:
        path: the module path that names inside are relative to.
        ins, outs: the places of the keys that cross the frame, in order of first use.
        edges: by key and reader (place of an item, or BORDER): the maker (place of an item, or BORDER).
    """

    call: ModuleCall | None
    parent: Body | None
    depth: int
    path: str = ""
    item: Item | None = None
    fold: Json = None
    items: list[Item] = field(default_factory=list)
    ins: dict[str, int] = field(default_factory=dict)
    outs: dict[str, int] = field(default_factory=dict)
    edges: dict[tuple[str, int], int] = field(default_factory=dict)

    def add(self, node: Node | None = None, inner: Body | None = None, call: ModuleCall | None = None) -> Item:
        """Adds an item at the end."""
        item = Item(self, len(self.items), node, inner, call)
        self.items.append(item)
        return item


@dataclass(slots=True, eq=False)
class Tree:
    """All frames, parents first, and the keys under which values travel.

    Attributes:
        states: of the keys of edges that only one side of a comparison has: `added` or `removed`.
    """

    index: GraphIndex
    canvas: Body
    bodies: list[Body]
    items: dict[str, Item]
    groups: dict[str, tuple[str, ...]]
    failed: Item | None = None
    states: dict[str, str] = field(default_factory=dict)

    def value_of(self, key: str) -> str:
        """The first of the values that travel under a key."""
        return key.removeprefix(f"{self.states[key]}:") if key in self.states else key


def lift(key: str, maker: Item, reader: Item) -> None:
    """Adds an edge, with a crossing in every frame on its way; nothing where it is there already."""
    out, into = maker.body, reader.body
    source, target = maker.place, reader.place
    incoming: list[tuple[Body, int]] = []
    while out is not into:
        if into.depth >= out.depth:
            if into.item is None or into.parent is None:
                return
            incoming.append((into, target))
            target, into = into.item.place, into.parent
        else:
            if out.item is None or out.parent is None:
                return
            out.outs.setdefault(key, len(out.outs))
            out.edges.setdefault((key, BORDER), source)
            source, out = out.item.place, out.parent
    if source == target:
        return
    out.edges.setdefault((key, target), source)
    for body, place in incoming:
        body.ins.setdefault(key, len(body.ins))
        body.edges.setdefault((key, place), BORDER)


def fold_of(payload: Json) -> Mapping[str, Json]:
    """The payload of a fold annotation, empty where there is none."""
    return payload if payload and isinstance(payload, Mapping) else {}
