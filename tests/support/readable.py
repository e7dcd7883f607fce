"""The text form of a graph with the user's own words in place of line numbers, so that goldens outlive an edit."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from graphviz_torch.ir import text
from graphviz_torch.ir.graph import Graph, Node, SourceLocation

ROOT = Path(__file__).parents[2]


def readable(graph: Graph) -> str:
    """The text form; `@ self.fc(x)` is the expression that the location of a node points to."""
    words = [expression(node.source) for node in graph.nodes]
    marked = replace(graph, nodes=tuple(_marked(node, place) for place, node in enumerate(graph.nodes)))
    return re.sub(r" @ <(\d+)>:1$", lambda found: f" @ {words[int(found[1])]}", text.dumps(marked), flags=re.MULTILINE)


def expression(place: SourceLocation | None) -> str:
    """What stands between the columns of a location; the whole line where it ends on another one."""
    if place is None:
        return ""
    path = ROOT / place.file
    line = path.read_text(encoding="utf-8").splitlines()[place.line - 1] if path.is_file() else place.code
    if not 0 < place.column < place.end_column <= len(line) + 1:
        return f"{place.code} ..."
    return line[place.column - 1 : place.end_column - 1]


def _marked(node: Node, place: int) -> Node:
    return node if node.source is None else replace(node, source=SourceLocation(f"<{place}>", 1))
