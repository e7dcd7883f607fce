"""DOT: the language of Graphviz, written through the `graphviz` package, which does the quoting."""

from __future__ import annotations

import graphviz

from graphviz_torch.ir.graph import Graph
from graphviz_torch.layout.changes import MEANINGS
from graphviz_torch.render import theme_changes
from graphviz_torch.render.elide import one_line
from graphviz_torch.render.options import RenderOptions
from graphviz_torch.render.picture import WHY, Arrow, Cluster, Picture, Spot, picture

LONGEST_NAME = 200
LONGEST_TEXT = 300
FONT = "Inter,Helvetica,Arial,sans-serif"
COLOURS = {
    "light": {
        "page": "#ffffff", "text": "#1c2430", "quiet": "#5b6675", "line": "#8793a3", "frame": "#c9d1db",
        "inside": "#f6f8fa", "card": "#ffffff", "module": "#eaf1fb", "end": "#e9f6ee", "leaf": "#f3eefb",
        "failed": "#fde3e1", "bad": "#c62828", "warned": "#fff3d6", **theme_changes.LIGHT,
    },
    "dark": {
        "page": "#14181e", "text": "#e6eaf0", "quiet": "#9aa6b5", "line": "#6b7888", "frame": "#3a4552",
        "inside": "#1a2028", "card": "#222a34", "module": "#22324a", "end": "#1e3a2c", "leaf": "#32284a",
        "failed": "#4d2020", "bad": "#ff7b72", "warned": "#4a3c18", **theme_changes.DARK,
    },
}  # fmt: skip
FILLS = {
    "input": "end", "output": "end", "parameter": "leaf", "buffer": "leaf", "constant": "leaf", "call": "card",
    "module": "module", "failed": "failed", "handled": "warned", "warned": "warned",
    **{state: f"d-{state}fill" for state in theme_changes.STATES},
}  # fmt: skip


def render(graph: Graph, options: RenderOptions) -> bytes:
    """The graph in DOT, a cluster for every open module call."""
    colours = COLOURS["dark" if options.theme == "dark" else "light"]
    shown = picture(graph)
    whole = graphviz.Digraph(graphviz.escape(one_line(graph.name, LONGEST_NAME)))
    whole.attr("graph", rankdir=options.direction, bgcolor=colours["page"], fontname=FONT, fontsize="11")
    whole.attr("graph", fontcolor=colours["text"], nodesep="0.25", ranksep="0.35", tooltip=_text(graph.name))
    whole.attr("node", shape="box", style="rounded,filled", fontname=FONT, fontsize="11", margin="0.14,0.07")
    whole.attr("node", color=colours["line"], fontcolor=colours["text"], height="0.3")
    whole.attr("edge", fontname=FONT, fontsize="9", color=colours["line"], fontcolor=colours["quiet"], arrowsize="0.6")
    if shown.states:
        # In a comparison colour says what changed, and nothing else.
        colours = colours | {"module": colours["card"]}
        key = "   ".join(MEANINGS[state] for state in shown.states)
        whole.attr("graph", label=_left((*shown.notes, key)), labelloc="b", labeljust="l")
    _clusters(whole, shown, colours)
    for arrow in shown.arrows:
        whole.edge(arrow.start, arrow.end, **_line(arrow, colours))
    source: str = whole.source
    return source.encode("utf-8", "replace")


def _clusters(whole: graphviz.Digraph, shown: Picture, colours: dict[str, str]) -> None:
    """Fills each cluster with its nodes, then puts it into the one around it, the innermost first."""
    frames = {None: whole} | {cluster.key: _frame(cluster, colours) for cluster in shown.clusters}
    for spot in shown.spots:
        frames[shown.inside[spot.key]].node(spot.key, **_card(spot, colours))
    for cluster in reversed(shown.clusters):
        frames[cluster.parent].subgraph(frames[cluster.key])


def _frame(cluster: Cluster, colours: dict[str, str]) -> graphviz.Digraph:
    frame = graphviz.Digraph(f"cluster_{cluster.key}")
    frame.attr(label=_lines(cluster.lines), tooltip=_text(cluster.tooltip), style="rounded,filled")
    frame.attr(labelloc="t", labeljust="l")
    frame.attr(color=colours["frame"], fillcolor=colours["inside"], fontcolor=colours["quiet"])
    if cluster.state:
        frame.attr(color=colours[f"d-{cluster.state}"], penwidth="1.8")
    return frame


def _card(spot: Spot, colours: dict[str, str]) -> dict[str, str]:
    if spot.kind == WHY:
        return {"label": _left(spot.lines), "shape": "plaintext", "style": "", "fontcolor": colours["bad"]}
    card = {"label": _lines(spot.lines), "tooltip": _text(spot.tooltip), "fillcolor": colours[FILLS[spot.role]]}
    if spot.role == "failed":
        card |= {"color": colours["bad"], "penwidth": "2"}
    if spot.role in theme_changes.STATES:
        card |= {"color": colours[f"d-{spot.role}"], "penwidth": "1.8"}
    if spot.role == "removed":
        card["style"] = "rounded,filled,dashed"
    return card


def _line(arrow: Arrow, colours: dict[str, str]) -> dict[str, str]:
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
