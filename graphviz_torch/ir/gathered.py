"""What a fast reader has of a graph so far; whole, it keeps the rules of the checker about nodes and values."""

from __future__ import annotations

from dataclasses import dataclass, field

from graphviz_torch.ir.checker import Names
from graphviz_torch.ir.graph import Node, Value


class DoubtError(Exception):
    """The text should be read with care."""


@dataclass(slots=True)
class Gathered:
    """Nodes and values in the order of the text.

    Attributes:
        ids: of nodes; made: ids of values; calls: ids of the calls that nodes name; views: ids that views name.
            Where they are tables, equal strings become one object.
        plain: whether the ids of values and calls hold no quote, no backslash and nothing that is not printed.
    """

    nodes: list[Node] = field(default_factory=list)
    values: list[Value] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    made: dict[str, str] = field(default_factory=dict)
    calls: dict[str, str] = field(default_factory=dict)
    views: set[str] = field(default_factory=set)
    plain: bool = True

    def whole(self) -> tuple[tuple[Node, ...], tuple[Value, ...], Names]:
        """The nodes, what they make, and the ids in use.

        Raises:
            DoubtError: an id is used twice, or something is a view of nothing.
        """
        twice = len(self.ids) != len(self.nodes) or len(self.made) != len(self.values)
        if twice or not self.views <= self.made.keys():
            raise DoubtError
        return tuple(self.nodes), tuple(self.values), Names(self.ids, self.made.keys(), self.calls.keys())
