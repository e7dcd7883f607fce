"""The colours of a comparison, added to the style sheet where a picture shows one."""

from __future__ import annotations

from graphviz_torch.layout.changes import GLYPHS
from graphviz_torch.layout.scene import Scene

STATES = tuple(GLYPHS)
LIGHT = {
    "d-added": "#2b8a3e",
    "d-addedfill": "#edf8ef",
    "d-removed": "#c92a2a",
    "d-removedfill": "#fff4f4",
    "d-changed": "#d98a00",
    "d-changedfill": "#fff9e6",
    "d-moved": "#1c6fc4",
    "d-movedfill": "#eaf3fd",
    "d-ink": "#ffffff",
}
DARK = {
    "d-added": "#51b866",
    "d-addedfill": "#13271a",
    "d-removed": "#ff7b72",
    "d-removedfill": "#2d1719",
    "d-changed": "#e0a33a",
    "d-changedfill": "#2b2413",
    "d-moved": "#5aa9f0",
    "d-movedfill": "#12243a",
    "d-ink": "#11161c",
}
MARKERS = {"added": "ag", "removed": "ar"}


def shows_changes(picture: Scene) -> bool:
    """Whether a picture is one of a comparison."""
    return any(swatch.colour.startswith("d-") for swatch in picture.legend)


def rules() -> str:
    """What is added to the style sheet."""
    return "".join(map(_state, STATES)) + "".join(_edge(state, marker) for state, marker in MARKERS.items())


def _state(state: str) -> str:
    dashed = ";stroke-dasharray:6 4" if state == "removed" else ""
    line = f"stroke:var(--d-{state});stroke-width:1.8{dashed}"
    # A frame is not filled: what is in it has not changed because of it.
    bold = f".{state}>.n{{fill:var(--d-{state}fill);{line}}}.{state}>.g{{{line}}}"
    ink = f".pill.{state}>.p,.pill.{state}>.q{{fill:var(--ink)}}"
    return (
        f"{bold}.d-{state}{{fill:var(--d-{state})}}{ink}"
        f".badge.{state}{{fill:var(--d-{state})}}.badge.{state}+.b{{fill:var(--d-ink)}}"
    )


def _edge(state: str, marker: str) -> str:
    dashed = ";stroke-dasharray:5 4" if state == "removed" else ""
    return (
        f".e.{state} path{{stroke:var(--d-{state});stroke-width:1.6{dashed}}}"
        f".a.{state} path{{marker-end:url(#{marker})}}#{marker} path{{fill:var(--d-{state})}}"
    )
