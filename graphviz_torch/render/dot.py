"""DOT: the language of Graphviz, written through the `graphviz` package, which does the quoting."""

from __future__ import annotations

from collections.abc import Mapping

import graphviz

from graphviz_torch.ir.graph import Graph
from graphviz_torch.layout.changes import GLYPHS, MEANINGS
from graphviz_torch.render.elide import one_line
from graphviz_torch.render.options import RenderOptions
from graphviz_torch.render.picture import WHY, Arrow, Cluster, Picture, Spot, picture
from graphviz_torch.render.theme import fixed

LONGEST_NAME = 200
LONGEST_TEXT = 300
STATES = tuple(GLYPHS)
FONT = "Inter,Helvetica,Arial,sans-serif"
FILLS = {
    "input": "end", "output": "end", "parameter": "leaf", "buffer": "leaf", "constant": "leaf", "call": "fill",
    "module": "module", "failed": "badfill", "handled": "warnfill", "warned": "warnfill",
    **{state: f"d-{state}fill" for state in STATES},
}  # fmt: skip


def render(graph: Graph, options: RenderOptions) -> bytes:
    """The graph in DOT, a cluster for every open module call."""
    colours = fixed(options).colours
    shown = picture(graph)
    whole = graphviz.Digraph(graphviz.escape(one_line(graph.name, LONGEST_NAME)))
    whole.attr("graph", rankdir=options.direction, bgcolor=colours["bg"], fontname=FONT, fontsize="11")
    whole.attr("graph", fontcolor=colours["ink"], nodesep="0.25", ranksep="0.35", tooltip=_text(graph.name))
    whole.attr("node", shape="box", style="rounded,filled", fontname=FONT, fontsize="11", margin="0.14,0.07")
    whole.attr("node", color=colours["edge"], fontcolor=colours["ink"], height="0.3")
    whole.attr("edge", fontname=FONT, fontsize="9", color=colours["edge"], fontcolor=colours["sub"], arrowsize="0.6")
    if shown.states:
        # In a comparison colour says what changed, and nothing else.
        colours = {**colours, "module": colours["fill"]}
        key = "   ".join(MEANINGS[state] for state in shown.states)
        whole.attr("graph", label=_left((*shown.notes, key)), labelloc="b", labeljust="l")
    _clusters(whole, shown, colours)
    for arrow in shown.arrows:
        whole.edge(arrow.start, arrow.end, **_line(arrow, colours))
    source: str = whole.source
    return source.encode("utf-8", "replace")


def _clusters(whole: graphviz.Digraph, shown: Picture, colours: Mapping[str, str]) -> None:
    """Fills each cluster with its nodes, then puts it into the one around it, the innermost first."""
    frames = {None: whole} | {cluster.key: _frame(cluster, colours) for cluster in shown.clusters}
    for spot in shown.spots:
        frames[shown.inside[spot.key]].node(spot.key, **_card(spot, colours))
    for cluster in reversed(shown.clusters):
        frames[cluster.parent].subgraph(frames[cluster.key])


def _frame(cluster: Cluster, colours: Mapping[str, str]) -> graphviz.Digraph:
    frame = graphviz.Digraph(f"cluster_{cluster.key}")
    frame.attr(label=_lines(cluster.lines), tooltip=_text(cluster.tooltip), style="rounded,filled")
    frame.attr(labelloc="t", labeljust="l")
    frame.attr(color=colours["line"], fillcolor=colours["g0"], fontcolor=colours["sub"])
    if cluster.state:
        frame.attr(color=colours[f"d-{cluster.state}"], penwidth="1.8")
    return frame


def _card(spot: Spot, colours: Mapping[str, str]) -> dict[str, str]:
    if spot.kind == WHY:
        return {"label": _left(spot.lines), "shape": "plaintext", "style": "", "fontcolor": colours["bad"]}
    card = {"label": _lines(spot.lines), "tooltip": _text(spot.tooltip), "fillcolor": colours[FILLS[spot.role]]}
    if spot.role == "failed":
        card |= {"color": colours["bad"], "penwidth": "2"}
    if spot.role in STATES:
        card |= {"color": colours[f"d-{spot.role}"], "penwidth": "1.8"}
    if spot.role == "removed":
        card["style"] = "rounded,filled,dashed"
    return card


def _line(arrow: Arrow, colours: Mapping[str, str]) -> dict[str, str]:
    line = {"label": f" {_text(arrow.label)}"} if arrow.label else {}  # the space keeps the words off the line
    if arrow.state == WHY:
        return {"style": "dotted", "color": colours["bad"], "arrowhead": "none"}
    if arrow.state:
        line |= {"color": colours[f"d-{arrow.state}"], "penwidth": "1.6"}
    return line | ({"style": "dashed"} if arrow.state == "removed" else {})


def _lines(lines: tuple[str, ...]) -> str:
    label: str = graphviz.nohtml(r"\n".join(map(_text, lines)))
    return label


def _left(lines: tuple[str, ...]) -> str:
    label: str = graphviz.nohtml("".join(f"{_text(line)}\\l" for line in lines))
    return label


def _text(text: str) -> str:
    """A text that Graphviz shows as it is: no escape sequence, no entity, no HTML."""
    shown: str = graphviz.nohtml(graphviz.escape(one_line(text, LONGEST_TEXT).replace("&", "&amp;")))
    return shown
