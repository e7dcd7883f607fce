"""Themes: which colours a picture has, and where they follow the reader's system."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from graphviz_torch.errors import RenderError
from graphviz_torch.layout.changes import GLYPHS
from graphviz_torch.layout.findings import ROLES
from graphviz_torch.layout.kinds import KINDS
from graphviz_torch.layout.painter import COLOURS
from graphviz_torch.render import palettes
from graphviz_torch.render.options import THEMES, RenderOptions

DARK = "dark."
COLOUR = re.compile(r"#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})")

# The names that users know colours by, each with that of the writers.
NAMES: Mapping[str, str] = {
    "background": "bg", "text": "ink", "quiet": "sub", "edge": "edge", "outline": "line", "card": "fill",
    "frame": "g0", "frame-inside": "g1", "reference": "ref",
    "pill": "pill", "pill-text": "pillink", "pill-quiet": "pillsub", "badge": "badge", "badge-text": "badgeink",
    "failed": "bad", "failed-card": "badfill",
    "warning": "warn", "warning-outline": "warnline", "warning-card": "warnfill",
    **{f"kind-{kind}": f"k-{kind}" for kind in KINDS},
    **{f"group-{number + 1}": f"c{number}" for number in range(COLOURS)},
    **{f"{state}{part}": f"d-{state}{own}" for state in GLYPHS for part, own in (("", ""), ("-card", "fill"))},
    "change-text": "d-ink",
    **{f"finding-{severity}": f"f-{severity}" for severity in ROLES}, "finding-text": "f-ink",
    **{f"heat-{number}": f"heat{number}" for number in range(1, 5)}, "heat-outline": "heatline",
    "dot-end": "end", "dot-leaf": "leaf", "dot-module": "module",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of a picture.

    Attributes:
        colours: those of every reader; of one whose system is light, where there are dark ones too.
        dark: those of a reader whose system is dark; `None` where the picture is the same for all.
        scheme: of `colours`, `light` or `dark`.
        textured: whether kinds differ by textures too, so that they are told apart without colour.
    """

    colours: Mapping[str, str]
    dark: Mapping[str, str] | None = None
    scheme: str = "light"
    textured: bool = False


BUILT_IN: Mapping[str, Theme] = {
    "auto": Theme(palettes.LIGHT, palettes.DARK),
    "light": Theme(palettes.LIGHT),
    "dark": Theme(palettes.DARK, scheme="dark"),
    "paper": Theme(palettes.PAPER, textured=True),
    "colorblind": Theme(palettes.COLORBLIND_LIGHT, palettes.COLORBLIND_DARK),
    "colorblind-light": Theme(palettes.COLORBLIND_LIGHT),
    "colorblind-dark": Theme(palettes.COLORBLIND_DARK, scheme="dark"),
}


def of(options: RenderOptions) -> Theme:
    """The theme of a picture, with the colours that are its own.

    Raises:
        RenderError: there is no such theme, or no such colour.
    """
    if options.theme not in BUILT_IN:
        raise unknown(f"there is no theme `{options.theme}`", options.theme, THEMES, "themes")
    base = BUILT_IN[options.theme]
    own = {name: checked(name, colour) for name, colour in options.colours}
    plain = {NAMES[name]: colour for name, colour in own.items() if not name.startswith(DARK)}
    dark = {NAMES[name.removeprefix(DARK)]: colour for name, colour in own.items() if name.startswith(DARK)}
    if not own:
        return base
    return replace(base, colours={**base.colours, **plain}, dark={**base.dark, **dark} if base.dark else None)


def fixed(options: RenderOptions) -> Theme:
    """The theme of a picture that is the same for every reader.

    Raises:
        RenderError: there is no such theme, or no such colour.
    """
    return replace(of(options), dark=None)


def checked(name: str, colour: object) -> str:
    """A colour as the writers take it.

    Raises:
        RenderError: there is no colour of that name, or it is none.
    """
    plain = name.removeprefix(DARK)
    if plain not in NAMES:
        raise unknown(f"there is no colour `{name}`", plain, tuple(NAMES), "colours")
    match = COLOUR.fullmatch(colour) if isinstance(colour, str) else None
    if match is None:
        raise RenderError(f"`{name} = {colour!r}` is no colour", hint=f'#rgb or #rrggbb, as in {plain} = "#1f2933"')
    digits = match[1].lower()
    return "#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits))


def unknown(problem: str, name: str, known: tuple[str, ...], what: str) -> RenderError:
    """What is said of a name that is none of those known."""
    close = difflib.get_close_matches(name, known, 1)
    hint = f"did you mean `{close[0]}`?" if close else None
    return RenderError(problem, details=(f"{what}: {', '.join(known)}",), hint=hint)


def text_colour(style: str, role: str, inside: str = "") -> str:
    """The colour of a text, by its style, its role or that of its badge, and the shape of the card around it."""
    if style == "b":
        return "d-ink" if role in GLYPHS else "f-ink" if role in ROLES else "badgeink"
    if inside == "hot":  # also of what is bad: on the strongest tint nothing else can be read
        return "ink"
    if role in ("warn", "bad"):
        return role
    if style == "p":
        return "ink" if inside == "changed" else "pillink"
    if style == "q":
        return "pillsub" if inside == "pill" else "ink" if inside == "changed" else "sub"
    return "sub" if style in ("c", "s", "l", "r") or inside == "ghost" else "ink"
