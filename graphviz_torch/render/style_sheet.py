"""The style sheet of an SVG: the rules and the colours that its elements use, and no others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set

from graphviz_torch.layout.changes import GLYPHS
from graphviz_torch.layout.findings import ROLES
from graphviz_torch.layout.measures import STATES as HEATS
from graphviz_torch.layout.styles import FONTS
from graphviz_torch.render import textures
from graphviz_torch.render.theme import Theme

STACK = 'Inter,Roboto,"Helvetica Neue",Arial,"Liberation Sans",system-ui,sans-serif'
STATES = tuple(GLYPHS)
# The arrow head of each kind of edge.
MARKERS = {"": "a", "bad": "ab", "added": "ag", "removed": "ar"}
COLOURED = re.compile(r"k-.*|c\d|d-.*")
VARIABLE = re.compile(r"var\(--([\w-]+)\)")

# Rules by the class that asks for them; those of "" are in every picture.
RULES: tuple[tuple[str, str], ...] = (
    ("", "svg{background:var(--bg);font-family:" + STACK + "}"),
    ("", "text{fill:var(--ink);font-size:12px;font-weight:600}"),
    # The second line of most cards has no class.
    ("", "text+text{font-size:10.5px;font-weight:400}.c,.s,.q,.r,.l text,text+text{fill:var(--sub)}"),
    ("l", ".l text{font-size:10px;font-weight:400;paint-order:stroke;stroke:var(--g0);stroke-width:3px;"
          "stroke-linejoin:round}.l.o text{stroke:var(--g1)}"),
    ("e", ".e path{fill:none;stroke:var(--edge);stroke-width:1.3}"),
    ("a", ".a path{marker-end:url(#a)}#a path{fill:var(--edge)}"),
    ("bad", ".e.bad path{stroke:var(--bad);stroke-width:1.8}.a.bad path{marker-end:url(#ab)}#ab path{fill:var(--bad)}"),
    ("ref", ".e.ref path{stroke-dasharray:3 3}"),
    ("sheet", ".sheet{fill:none;stroke:var(--line)}"),
    ("", ".n{fill:var(--fill);stroke:var(--line)}"),
    ("g", ".g{fill:var(--g0);stroke:var(--line)}.g.o{fill:var(--g1)}"),
    ("bad", ".bad>.n{fill:var(--badfill);stroke:var(--bad);stroke-width:1.6}"),
    ("handled", ".handled>.n{fill:var(--warnfill);stroke:var(--warnline);stroke-width:1.4}"),
    ("ghost", ".ghost>.n{stroke-dasharray:4 3}.ghost>text{fill:var(--sub)}"),
    ("p", ".p{fill:var(--pillink)}"),
    ("pill", ".pill>.n{fill:var(--pill);stroke:none}.pill>.q{fill:var(--pillsub)}"),
    ("ref", ".ref>.n{fill:var(--ref);stroke:none}"),
    ("far", ".far>.n{fill:none;stroke:var(--edge);stroke-dasharray:3 3}"),
    ("badge", ".badge{fill:var(--badge)}.b{fill:var(--badgeink)}"),
    ("bad", "text.bad{fill:var(--bad)}"),
    ("warn", ".warn{fill:var(--warn)}"),
    ("bad", "path.bad{fill:var(--bad)}"),
)  # fmt: skip


def style_sheet(theme: Theme, used: Set[str], *, resolved: bool = False) -> str:
    """The text of the `<style>` element.

    Args:
        used: the classes of the picture's elements.
        resolved: put the colours in place of the variables, for programs that know none.
    """
    rules = "".join(_rules(theme, used))
    if resolved:
        return VARIABLE.sub(lambda match: theme.colours[match[1]], rules)
    names = dict.fromkeys(VARIABLE.findall(rules))
    colours = {name: theme.colours[name] for name in names}
    head = f":root{{color-scheme:{theme.scheme if theme.dark is None else 'light dark'};{_variables(colours)}}}"
    if theme.dark is not None:
        dark = {name: theme.dark[name] for name in names if theme.dark[name] != colours[name]}
        head += f"@media(prefers-color-scheme:dark){{:root{{{_variables(dark)}}}}}"
    return head + rules


def _rules(theme: Theme, used: Set[str]) -> Iterator[str]:
    yield from (rule for name, rule in RULES if not name or name in used)
    for name, font in FONTS.items():
        if name in used and name != "l":
            yield f".{name}{{font-size:{font.size:g}px;font-weight:{font.weight}}}"
    coloured = sorted(name for name in used if COLOURED.fullmatch(name))
    if theme.textured:
        yield from map(textures.rule, coloured)
    else:
        yield from (f".{name}{{fill:var(--{name})}}" for name in coloured)
    yield from (_state(state) for state in STATES if state in used)
    yield from (_heat(state) for state in HEATS if state in used)
    yield from (_edge(state, MARKERS[state]) for state in ("added", "removed") if state in used and "e" in used)
    yield from (_badge(severity, f"f-{severity}", "f-ink") for severity in ROLES if severity in used)


def _state(state: str) -> str:
    dashed = ";stroke-dasharray:6 4" if state == "removed" else ""
    line = f"stroke:var(--d-{state});stroke-width:1.8{dashed}"
    # A frame is not filled: what is in it has not changed because of it.
    bold = f".{state}>.n{{fill:var(--d-{state}fill);{line}}}.{state}>.g{{{line}}}"
    ink = f".pill.{state}>.p,.pill.{state}>.q{{fill:var(--ink)}}"
    return f"{bold}{ink}{_badge(state, f'd-{state}', 'd-ink')}"


def _heat(state: str) -> str:
    """The tint of a card; all words on it are as strong as the first."""
    words = f".{state}>text{{fill:var(--ink)}}"
    return f".{state}>.n{{fill:var(--{state});stroke:var(--heatline)}}{words}rect.{state}{{fill:var(--{state})}}"


def _badge(role: str, fill: str, ink: str) -> str:
    return f".badge.{role}{{fill:var(--{fill})}}.badge.{role}+.b{{fill:var(--{ink})}}"


def _edge(state: str, marker: str) -> str:
    dashed = ";stroke-dasharray:5 4" if state == "removed" else ""
    return (
        f".e.{state} path{{stroke:var(--d-{state});stroke-width:1.6{dashed}}}"
        f".a.{state} path{{marker-end:url(#{marker})}}#{marker} path{{fill:var(--d-{state})}}"
    )


def _variables(colours: Mapping[str, str]) -> str:
    return ";".join(f"--{name}:{colour}" for name, colour in colours.items())
