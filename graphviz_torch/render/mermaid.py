"""Mermaid: a flowchart that code hosts and notebooks draw, kept within the limits of their viewers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from graphviz_torch.errors import RenderLimitError
from graphviz_torch.ir.graph import Graph
from graphviz_torch.layout.changes import GLYPHS
from graphviz_torch.render.options import RenderOptions
from graphviz_torch.render.picture import Picture, Spot, picture
from graphviz_torch.render.theme import fixed

MOST_EDGES = 450
MOST_CHARACTERS = 45_000
INDENT = "  "
NO_WIDTH = "#8203;"

_SPECIAL = re.compile(r"[^\w \-.,:=()/·×→↻…+]|^\d+(?=[.)])|^[-+](?= )|(?<!\w)_+|_+(?!\w)")
_SHAPES = {"input": ("([", "])"), "output": ("([", "])"), "parameter": ("[/", "/]"), "buffer": ("[/", "/]"),
           "constant": ("[/", "/]")}  # fmt: skip
_CLASSES = {"input": "end_", "output": "end_", "parameter": "leaf", "buffer": "leaf", "constant": "leaf",
            "call": "operation", "module": "module", "why": "why", "failed": "failed", "handled": "warned",
            "warned": "warned",
            "added": "added", "removed": "removed", "changed": "changed", "moved": "moved"}  # fmt: skip
_LINES = ("added", "removed")
# Of each class the colours of its fill and of its line, and what else it has.
_STYLES = {
    "end_": ("end", "edge", ""),
    "leaf": ("leaf", "edge", ""),
    "operation": ("fill", "edge", ""),
    "module": ("module", "edge", ""),
    "failed": ("badfill", "bad", "stroke-width:3px,"),
    "why": ("badfill", "bad", "stroke-dasharray:3 3,text-align:left,"),
    "warned": ("warnfill", "warnline", ""),
    **{state: (f"d-{state}fill", f"d-{state}", "stroke-width:2px,") for state in GLYPHS},
    "removed": ("d-removedfill", "d-removed", "stroke-width:2px,stroke-dasharray:6 4,"),
    "frame": ("edge", "edge", ""),
}


def render(graph: Graph, options: RenderOptions) -> bytes:
    """The graph as a Mermaid flowchart.

    Raises:
        RenderLimitError: more edges or characters than the viewers take (500 and 50,000, less a margin).
    """
    shown = picture(graph)
    if len(shown.arrows) > MOST_EDGES:
        _too_large(f"{len(shown.arrows)} edges, Mermaid's viewers take {MOST_EDGES}")
    text = "\n".join(_written(shown, options)) + "\n"
    if len(text) > MOST_CHARACTERS:
        _too_large(f"{len(text)} characters, Mermaid's viewers take {MOST_CHARACTERS}")
    return text.encode("utf-8", "replace")


def _too_large(what: str) -> None:
    raise RenderLimitError(f"the picture has {what}", hint="show less: --depth 1, or --focus PATH")


def _written(shown: Picture, options: RenderOptions) -> Iterator[str]:
    yield f"flowchart {options.direction}"
    yield from _body(shown)
    for arrow in shown.arrows:
        label = f'|"{_escaped(arrow.label)}"|' if arrow.label else ""
        line = {"removed": "-.->", "why": "-.-"}.get(arrow.state, "-->")
        yield f"{INDENT}{arrow.start} {line}{label} {arrow.end}"
    colours = fixed(options).colours
    for state in _LINES:
        numbers = [str(number) for number, arrow in enumerate(shown.arrows) if arrow.state == state]
        if numbers:
            yield f"{INDENT}linkStyle {','.join(numbers)} stroke:{colours[f'd-{state}']},stroke-width:2px"
    for name in _STYLES:
        members = [spot.key for spot in shown.spots if _class(spot, shown) == name]
        members += [cluster.key for cluster in shown.clusters if (cluster.state or "frame") == name]
        if members:
            yield f"{INDENT}classDef {name} {_style(name, colours)}"
            yield f"{INDENT}class {','.join(members)} {name}"


def _style(name: str, colours: Mapping[str, str]) -> str:
    fill, line, more = _STYLES[name]
    if name == "frame":  # the page shows through, be it light or dark
        return f"fill:{colours[fill]}1a,stroke:{colours[line]}"
    ink = "bad" if name == "why" else "ink"
    return f"fill:{colours[fill]},stroke:{colours[line]},{more}color:{colours[ink]}"


def _class(spot: Spot, shown: Picture) -> str:
    """In a comparison colour says what changed, and nothing else."""
    found = _CLASSES[spot.role]
    return "operation" if shown.states and found == "module" else found


def _body(shown: Picture) -> Iterator[str]:
    """The nodes, inside the subgraphs they belong to; a stack in place of recursion."""
    spots: dict[str | None, list[Spot]] = {}
    for spot in shown.spots:
        spots.setdefault(shown.inside[spot.key], []).append(spot)
    children: dict[str | None, list[str]] = {}
    lines = {cluster.key: cluster.lines for cluster in shown.clusters}
    for cluster in shown.clusters:
        children.setdefault(cluster.parent, []).append(cluster.key)
    yield from (INDENT + _node(spot) for spot in spots.get(None, ()))
    todo = [(key, 1, False) for key in reversed(children.get(None, []))]
    while todo:
        key, depth, done = todo.pop()
        if done:
            yield f"{INDENT * depth}end"
            continue
        yield f'{INDENT * depth}subgraph {key}["{_lines(lines[key])}"]'
        yield from (INDENT * (depth + 1) + _node(spot) for spot in spots.get(key, ()))
        todo.append((key, depth, True))
        todo.extend((child, depth + 1, False) for child in reversed(children.get(key, [])))


def _node(spot: Spot) -> str:
    opening, closing = _SHAPES.get(spot.kind, ("[", "]"))
    return f'{spot.key}{opening}"{_lines(spot.lines)}"{closing}'


def _lines(lines: tuple[str, ...]) -> str:
    return "<br/>".join(map(_escaped, lines))


def _escaped(text: str) -> str:
    """Whatever Mermaid could take for syntax, for Markdown or for HTML, as an entity code (`#35;`)."""
    return _SPECIAL.sub(_entities, text)


def _entities(match: re.Match[str]) -> str:
    """Entity codes; a space of no width after what would still mean something once decoded: `1.`, `$$`, a backslash."""
    found = "".join(f"#{ord(character)};" for character in match[0])
    return found + NO_WIDTH if match[0][-1] in "\\$0123456789" else found
