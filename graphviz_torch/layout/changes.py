"""Marks of a comparison, as the layout reads them: the annotations `change`, `edges` and `unchanged` of an overlay."""

from __future__ import annotations

from collections.abc import Mapping

from graphviz_torch.ir.graph import Graph, Json

GLYPHS = {"added": "+", "removed": "−", "changed": "~", "moved": "›"}
MEANINGS = {"added": "+ added", "removed": "− removed", "changed": "~ changed", "moved": "› moved or renamed"}


class ChangeMarks:
    """What changed in one graph, and which edges only one side has."""

    def __init__(self, graph: Graph) -> None:
        self._marks = {a.target: state_of(a.payload) for a in graph.annotations if a.key == "change"}
        self._edges = {a.target: a.payload for a in graph.annotations if a.key == "edges"}

    @property
    def states(self) -> tuple[str, ...]:
        """The marks that there are, in the order of the legend."""
        found = set(self._marks.values())
        return tuple(state for state in GLYPHS if state in found)

    def edge(self, producer: str, reader: str, value: str) -> str:
        """`added`, `removed`, or empty for an edge that both sides have."""
        if not self._marks and not self._edges:
            return ""
        if "removed" in (self._marks.get(producer), self._marks.get(reader)):
            return "removed"
        payload = self._edges.get(reader)
        for state in ("removed", "added"):
            values = payload.get(state) if isinstance(payload, Mapping) else None
            if isinstance(values, tuple | list) and value in values:
                return state
        return ""


def state_of(payload: Json) -> str:
    """The mark of a `change` annotation; empty for anything else."""
    mark = payload.get("mark") if isinstance(payload, Mapping) else None
    return mark if isinstance(mark, str) and mark in GLYPHS else ""


def word(payload: Json, key: str) -> str:
    """One of the words of an annotation."""
    found = payload.get(key) if isinstance(payload, Mapping) else None
    return found if isinstance(found, str) else ""


def retitled(title: str, payload: Json) -> str:
    """A title with the old and the new type in place of the type."""
    both = word(payload, "title")
    if not both:
        return title
    path, dot, _ = title.partition(" · ")
    return f"{path} · {both}" if dot else both


def alone(title: str, payload: Json) -> str:
    """What an added or removed thing is, where its title does not say so."""
    found = word(payload, "alone")
    return "" if found == title.rpartition(" · ")[2] else found


def counted(count: Json, what: str) -> str:
    """`1 module`, `14 modules`; empty for none."""
    return f"{count} {what}{'' if count == 1 else 's'}" if isinstance(count, int) and count else ""


def both_words(before: str, after: str) -> str:
    """`p=0.1 → p=0.5`; where one of them has an arrow of its own, `64 → 1000 becomes 64 → 10`."""
    return f"{before} becomes {after}" if "→" in before + after else f"{before} → {after}"
