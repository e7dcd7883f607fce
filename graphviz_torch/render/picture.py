"""What the writers of node-and-edge text (DOT, Mermaid) share: captions, merged edges and clusters in drawing order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from graphviz_torch.ir.graph import Failure, Graph, ModuleCall, Node
from graphviz_torch.ir.walks import GraphIndex
from graphviz_torch.ir.weights import elements_below
from graphviz_torch.layout.changes import ChangeMarks, state_of
from graphviz_torch.layout.facts import mark_words
from graphviz_torch.layout.remarks import explanation
from graphviz_torch.layout.repeats import Repeats
from graphviz_torch.layout.words import meta_words
from graphviz_torch.render.captions import call_caption, caption, tooltip
from graphviz_torch.render.elide import one_line

SHOWN_TYPES = 3
LONGEST = 80
WHY = "why"


@dataclass(frozen=True, slots=True)
class Spot:
    """One node of the picture.

    Attributes:
        key: `n0`, `n1` ... a name that every writer takes.
        kind: that of the node; `why` for what is said beside a failure.
        lines: what is written on it.
        role: its kind, or `failed`, `handled`, `warned`, or of a comparison `added`, `removed`, `changed`, `moved`.
    """

    key: str
    kind: str
    lines: tuple[str, ...]
    tooltip: str
    role: str


@dataclass(frozen=True, slots=True)
class Arrow:
    """All that flows from one node to another.

    Attributes:
        label: of what types it is.
        state: `added` or `removed` where only one side of a comparison has it; `why` where it leads to an explanation.
    """

    start: str
    end: str
    label: str
    state: str = ""


@dataclass(frozen=True, slots=True)
class Cluster:
    """One open call; `state` is what a comparison says of it."""

    key: str
    parent: str | None
    lines: tuple[str, ...]
    tooltip: str
    state: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A graph as spots, arrows and clusters.

    Attributes:
        inside: the cluster of a spot.
        states: the marks of a comparison that there are; empty where it is none.
        notes: what a comparison says of the whole.
    """

    spots: tuple[Spot, ...]
    arrows: tuple[Arrow, ...]
    clusters: tuple[Cluster, ...]
    inside: Mapping[str, str | None]
    states: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def picture(graph: Graph) -> Picture:
    """The picture of a graph."""
    index = GraphIndex(graph)
    roles = _roles(index)
    repeats = Repeats(index, elements_below(graph.modules, {module.path for module in graph.modules}))
    first = _first_outputs(graph)
    keys = {node.id: f"n{number}" for number, node in enumerate(graph.nodes)}
    keys |= {output: keys[outputs[0]] for outputs in first.values() for output in outputs}
    drawn = _drawn_calls(index)
    clusters = {call.id: f"c{number}" for number, call in enumerate(drawn)}
    lines = partial(_lines, index, first, repeats)
    spots = tuple(
        Spot(keys[node.id], node.kind, lines(node), tooltip(index, node), roles.get(node.id, node.kind))
        for node in graph.nodes
        if node.kind != "output" or first[node.operands[0]][0] == node.id
    )
    inside = {keys[node.id]: clusters.get(node.module_call or "") for node in graph.nodes}
    arrows = tuple(_arrows(index, keys))
    if graph.failure is not None:
        spots += (Spot(WHY, WHY, _explained(graph.failure), "", WHY),)
        inside[WHY] = clusters.get(graph.failure.module_call or "")
        if graph.failure.node in keys:
            arrows += (Arrow(keys[graph.failure.node], WHY, "", WHY),)
    return Picture(
        spots,
        arrows,
        tuple(
            Cluster(
                clusters[call.id],
                clusters.get(call.parent or ""),
                call_caption(index, call, repeats),
                call.id,
                state_of(index.annotations.get(call.id, {}).get("change")),
            )
            for call in drawn
        ),
        inside,
        ChangeMarks(graph).states,
        tuple(note.message for note in graph.diagnostics if note.code == "diff"),
    )


def _explained(failure: Failure) -> tuple[str, ...]:
    return tuple(one_line(text, LONGEST) for text, _, _ in explanation(failure))


def _first_outputs(graph: Graph) -> dict[str, list[str]]:
    """The outputs that read each value: they are drawn as one."""
    found: dict[str, list[str]] = {}
    for node in graph.nodes:
        if node.kind == "output":
            found.setdefault(node.operands[0], []).append(node.id)
    return found


def _lines(index: GraphIndex, first: Mapping[str, list[str]], repeats: Repeats, node: Node) -> tuple[str, ...]:
    lines = caption(index, node, repeats)
    more = len(first[node.operands[0]]) - 1 if node.kind == "output" else 0
    marks = mark_words(node, [note.code for note in index.notes.get(node.id, ())])
    return (f"{lines[0]} and {more} more", *lines[1:]) if more else (*lines, *marks)


def _drawn_calls(index: GraphIndex) -> list[ModuleCall]:
    """The calls with anything in them, but for a root that is alone: its frame would say nothing."""
    used: set[str] = set()
    for node in index.graph.nodes:
        call = node.module_call
        while call is not None and call not in used:
            used.add(call)
            call = index.calls[call].parent
    roots = [call.id for call in index.graph.calls if call.parent is None and call.id in used]
    alone = roots[0] if len(roots) == 1 and index.calls[roots[0]].path == "" else None
    return [call for call in index.graph.calls if call.id in used and call.id != alone]


def _arrows(index: GraphIndex, keys: Mapping[str, str]) -> list[Arrow]:
    merged: dict[tuple[str, str, str], dict[str, str]] = {}
    changes = ChangeMarks(index.graph)
    for producer, consumer, value in index.edges():
        state = changes.edge(producer, consumer, value)
        merged.setdefault((keys[producer], keys[consumer], state), {})[value] = meta_words(index.values[value].meta)
    return [Arrow(start, end, _flow(list(types.values())), state) for (start, end, state), types in merged.items()]


def _flow(types: list[str]) -> str:
    """`4×32`, `4×32 ×2`, `4×32, 4×1`."""
    counted = [
        f"{kind} ×{types.count(kind)}" if types.count(kind) > 1 else kind for kind in dict.fromkeys(types) if kind
    ]
    shown = counted[:SHOWN_TYPES]
    return ", ".join(shown) + (" …" if len(counted) > SHOWN_TYPES else "")


def _roles(index: GraphIndex) -> dict[str, str]:
    """The nodes that are drawn unlike others: the strongest reason wins."""
    roles = {
        note.target: "warned" for note in index.graph.diagnostics if note.target is not None and note.severity != "info"
    }
    roles |= {target: state for target, marks in index.annotations.items() if (state := state_of(marks.get("change")))}
    roles |= {target: "handled" for target, marks in index.annotations.items() if "handled" in marks}
    if index.graph.failure is not None and index.graph.failure.node is not None:
        roles[index.graph.failure.node] = "failed"
    return roles
