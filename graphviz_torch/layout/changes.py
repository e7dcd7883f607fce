"""Marks of a comparison, as the layout reads them: the annotations `change`, `edges` and `unchanged` of an overlay."""

from __future__ import annotations

import re
from collections.abc import Mapping

from graphviz_torch.ir.graph import Graph, Json

# `p=0.1`, `position_embeddings 1×5×32`: a name and one value, which need not be named twice.
NAMED = re.compile(r"([A-Za-z_][\w.]*[= ])([^=, ]+|[\[(][^=]*[\])])")
GLYPHS = {"added": "+", "removed": "−", "changed": "~", "moved": "›"}
MEANINGS = {"added": "+ added", "removed": "− removed", "changed": "~ changed", "moved": "› moved or renamed"}


class ChangeMarks:
    """What changed in one graph, and which edges only one side has."""

    def __init__(self, graph: Graph) -> None:
        self._marks = {a.target: state_of(a.payload) for a in graph.annotations if a.key == "change"}
        self._edges: dict[tuple[str, str], str] = {}
        for mark in graph.annotations:
            if mark.key == "edges" and isinstance(mark.payload, Mapping):
                self._learn(mark.target, mark.payload)

    def _learn(self, reader: str, payload: Mapping[str, Json]) -> None:
        """What one reader reads on one side alone."""
        for state in ("added", "removed"):
            values = payload.get(state)
            self._edges.update(((reader, str(value)), state) for value in (values if isinstance(values, tuple) else ()))

    @property
    def states(self) -> tuple[str, ...]:
        """The marks that there are, in the order of the legend."""
        found = {*self._marks.values(), *self._edges.values()}
        return tuple(state for state in GLYPHS if state in found)

    def edge(self, producer: str, reader: str, value: str) -> str:
        """`added`, `removed`, or empty for an edge that both sides have."""
        if not self._marks and not self._edges:
            return ""
        ends = self._marks.get(producer), self._marks.get(reader)
        whole = next((state for state in ("removed", "added") if state in ends), "")
        return whole or self._edges.get((reader, value), "")


def state_of(payload: Json) -> str:
    """The mark of a `change` annotation; empty for anything else."""
    mark = payload.get("mark") if payload and isinstance(payload, Mapping) else None
    return mark if isinstance(mark, str) and mark in GLYPHS else ""


def word(payload: Json, key: str) -> str:
    """One of the words of an annotation."""
    found = payload.get(key) if payload and isinstance(payload, Mapping) else None
    return found if isinstance(found, str) else ""


def tooltip(payload: Json) -> str:
    """All that is known of a change, a fact a line."""
    if not payload:
        return ""
    return "\n".join(filter(None, (word(payload, "title"), word(payload, "words"), word(payload, "more"))))


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
    """`p=0.1 → 0.5`; where one of them has an arrow of its own, `64 → 1000 becomes 64 → 10`."""
    if "→" in before + after:
        return f"{before} becomes {after}"
    one, other = NAMED.fullmatch(before), NAMED.fullmatch(after)
    if one is not None and other is not None and one[1] == other[1]:
        return f"{before} → {other[2]}"
    return f"{before} → {after}"


def one_sided(before: str, after: str) -> str:
    """`now with padding_idx=0`, `now without padding_idx=0`."""
    return f"now with {after}" if after else f"now without {before}"
