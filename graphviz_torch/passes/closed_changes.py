"""Closed changes: what is said of a call that is closed although something in it has changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from graphviz_torch.ir.graph import Annotation, Graph, Json
from graphviz_torch.ir.walks import GraphIndex, annotated

SHOWN = 6


def summed_up(graph: Graph, closed: set[str]) -> Graph:
    """The graph with one mark on each closed call in place of those inside: `3 changes inside`."""
    index = GraphIndex(graph)
    inside: dict[str, list[Annotation]] = {}
    for mark in annotated(graph, "change"):
        outermost = _outermost(index, mark.target, closed)
        if outermost is not None and outermost != mark.target:
            inside.setdefault(outermost, []).append(mark)
    if not inside:
        return graph
    gone = {id(mark) for marks in inside.values() for mark in marks}
    own = {mark.target: mark for mark in annotated(graph, "change") if mark.target in inside}
    gone.update(map(id, own.values()))
    kept = tuple(mark for mark in graph.annotations if id(mark) not in gone)
    made = tuple(Annotation(call, "change", _payload(marks, own.get(call))) for call, marks in inside.items())
    return replace(graph, annotations=(*kept, *made))


def _outermost(index: GraphIndex, target: str, closed: set[str]) -> str | None:
    node = index.nodes.get(target)
    start = node.module_call if node is not None else target if target in index.calls else None
    found = None
    for call in index.ancestors(start):
        found = call if call in closed else found
    return found


def _payload(marks: list[Annotation], own: Annotation | None) -> Json:
    """What all the marks come to; equal ones, as a change in several places has, count once.

    A call that changed itself keeps what is said of it.
    """
    said = dict.fromkeys(filter(None, map(_said, marks)))
    count = len({repr(mark.payload) for mark in marks})
    words = f"{count} change{'' if count == 1 else 's'} inside"
    more = "\n".join(list(said)[:SHOWN])
    if own is None or not isinstance(own.payload, Mapping):
        return {"mark": "changed", "words": words, "more": more}
    before, details = own.payload.get("words"), own.payload.get("more")
    return {
        **own.payload,
        "words": " · ".join(filter(None, (before if isinstance(before, str) else "", words))),
        "more": "\n".join(filter(None, (details if isinstance(details, str) else "", more))),
    }


def _said(mark: Annotation) -> str:
    return " ".join(_words(mark.payload))


def _words(payload: Json) -> Iterator[str]:
    found = payload if isinstance(payload, Mapping) else {}
    for key in ("title", "words", "alone"):
        if isinstance(word := found.get(key), str):
            yield word
