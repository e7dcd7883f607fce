"""The colours: variables with a light and a dark set, and the one style sheet that uses them."""

from __future__ import annotations

import re

from graphviz_torch.layout.styles import FONTS
from graphviz_torch.render import theme_changes, theme_findings, theme_heat
from graphviz_torch.render.options import THEMES

STACK = 'Inter,Roboto,"Helvetica Neue",Arial,"Liberation Sans",system-ui,sans-serif'

LIGHT = {
    "bg": "#ffffff",
    "ink": "#1f2933",
    "sub": "#5b6875",
    "edge": "#8592a0",
    "line": "#d5dce3",
    "fill": "#ffffff",
    "g0": "#f5f7fa",
    "g1": "#ffffff",
    "bad": "#c92a2a",
    "badfill": "#fff1f1",
    "warn": "#a35c00",
    "warnline": "#d98a00",
    "warnfill": "#fff9e6",
    "pill": "#334155",
    "pillink": "#ffffff",
    "pillsub": "#cbd5e1",
    "badge": "#414b57",
    "badgeink": "#ffffff",
    "ref": "#eef1f5",
    "k-linear": "#3b6fd4",
    "k-conv": "#5f5bd0",
    "k-norm": "#0f9d8f",
    "k-activation": "#e08a00",
    "k-attention": "#9a4fd1",
    "k-embedding": "#d1487f",
    "k-pool": "#1e9bc7",
    "k-elementwise": "#4b9e3f",
    "k-shape": "#9aa5b1",
    "k-reduce": "#8a6d3b",
    "k-recurrent": "#b5469c",
    "k-loss": "#b3381c",
    "k-random": "#a8a22a",
    "k-data-leaves-graph": "#d9480f",
    "k-module": "#334155",
    "k-other": "#64748b",
    "c0": "#0072b2",
    "c1": "#e69f00",
    "c2": "#009e73",
    "c3": "#cc79a7",
    "c4": "#56b4e9",
    "c5": "#d55e00",
    "c6": "#c9b800",
    "c7": "#64748b",
}
DARK = LIGHT | {
    "bg": "#11161c",
    "ink": "#e6ebf0",
    "sub": "#9aa7b4",
    "edge": "#6b7885",
    "line": "#33404d",
    "fill": "#1f2832",
    "g0": "#161d25",
    "g1": "#11161c",
    "bad": "#ff7b72",
    "badfill": "#2d1719",
    "warn": "#f0b45a",
    "warnline": "#d9952b",
    "warnfill": "#2b2413",
    "pill": "#d5dde6",
    "pillink": "#11161c",
    "pillsub": "#4a5663",
    "badge": "#c3ccd6",
    "badgeink": "#11161c",
    "ref": "#232d38",
    "k-linear": "#5b8def",
    "k-conv": "#817de8",
    "k-norm": "#22b8a8",
    "k-activation": "#f0a020",
    "k-attention": "#b574e8",
    "k-embedding": "#e868a0",
    "k-pool": "#3fb4dd",
    "k-elementwise": "#66b85a",
    "k-shape": "#7c8895",
    "k-reduce": "#b08f56",
    "k-recurrent": "#cf68b8",
    "k-loss": "#e0603f",
    "k-random": "#c2bc45",
    "k-data-leaves-graph": "#f2703a",
    "k-module": "#93a4b8",
    "k-other": "#8394a8",
    "c0": "#3d9bd4",
    "c7": "#8394a8",
}

COLOURED = tuple(name for name in LIGHT if re.fullmatch(r"k-.*|c\d", name))
RULES = (
    "svg{background:var(--bg);font-family:" + STACK + "}"
    "text{fill:var(--ink);font-size:12px;font-weight:600}"
    ".c,.s,.q,.r,.l text{fill:var(--sub)}"
    ".l text{font-size:10px;font-weight:400;paint-order:stroke;stroke:var(--g0);stroke-width:3px;stroke-linejoin:round}"
    ".l.o text{stroke:var(--g1)}"
    ".e path{fill:none;stroke:var(--edge);stroke-width:1.3}.a path{marker-end:url(#a)}"
    ".e.bad path{stroke:var(--bad);stroke-width:1.8}.a.bad path{marker-end:url(#ab)}"
    ".e.ref path{stroke-dasharray:3 3}"
    ".sheet{fill:none;stroke:var(--line)}"
    "#a path{fill:var(--edge)}#ab path{fill:var(--bad)}"
    ".n{fill:var(--fill);stroke:var(--line)}"
    ".g{fill:var(--g0);stroke:var(--line)}.g.o{fill:var(--g1)}"
    ".bad>.n{fill:var(--badfill);stroke:var(--bad);stroke-width:1.6}"
    ".handled>.n{fill:var(--warnfill);stroke:var(--warnline);stroke-width:1.4}"
    ".ghost{opacity:.6}.ghost>.n{stroke-dasharray:4 3}"
    ".p{fill:var(--pillink)}.pill>.n{fill:var(--pill);stroke:none}.pill>.q{fill:var(--pillsub)}"
    ".ref>.n{fill:var(--ref);stroke:none}.far>.n{fill:none;stroke:var(--edge);stroke-dasharray:3 3}"
    ".badge{fill:var(--badge)}.b{fill:var(--badgeink)}"
    "text.bad{fill:var(--bad)}.warn{fill:var(--warn)}path.bad{fill:var(--bad)}"
)


def style_sheet(
    theme: str, *, resolved: bool = False, changes: bool = False, findings: bool = False, heat: bool = False
) -> str:
    """The text of the `<style>` element.

    Args:
        changes: whether the picture is one of a comparison.
        findings: whether it shows what a check found.
        heat: whether it shows what takes the time.
        theme: `light`, `dark`, or `auto`, which follows the reader's system.
        resolved: put the colours in place of the variables, for programs that know none; `auto` is then light.
    """
    if theme not in THEMES:
        raise ValueError(f"no theme named {theme!r}")
    fonts = "".join(f".{name}{{font-size:{font.size:g}px;font-weight:{font.weight}}}" for name, font in FONTS.items())
    bars = "".join(f".{name}{{fill:var(--{name})}}" for name in COLOURED)
    rules, light, dark = RULES + fonts + bars, dict(LIGHT), dict(DARK)
    for part, shown in ((theme_changes, changes), (theme_findings, findings), (theme_heat, heat)):
        if shown:
            rules, light, dark = rules + part.rules(), light | part.LIGHT, dark | part.DARK
    first = dark if theme == "dark" else light
    if resolved:
        return re.sub(r"var\(--([\w-]+)\)", lambda match: first[match[1]], rules)
    head = f":root{{color-scheme:{'light dark' if theme == 'auto' else theme};{_variables(first)}}}"
    if theme == "auto":
        changed = {name: colour for name, colour in dark.items() if light[name] != colour}
        head += f"@media(prefers-color-scheme:dark){{:root{{{_variables(changed)}}}}}"
    return head + rules


def text_colour(style: str, role: str, inside: str = "") -> str:
    """The colour of a text, by its style, its role, and the shape of the card around it."""
    if role in ("warn", "bad"):
        return role
    if style == "p":
        return "ink" if inside == "changed" else "pillink"
    if style == "q":
        return "pillsub" if inside == "pill" else "sub"
    if style == "b":
        return "badgeink"
    if style == "s" and inside == "hot":
        return "ink"
    return "sub" if style in ("c", "s", "l", "r") else "ink"


def _variables(colours: dict[str, str]) -> str:
    return ";".join(f"--{name}:{colour}" for name, colour in colours.items())
