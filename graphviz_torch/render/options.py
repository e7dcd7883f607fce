"""What a caller can ask of a renderer."""

from __future__ import annotations

from dataclasses import dataclass

THEMES = ("auto", "light", "dark")
COLOR_BY = ("kind", "device", "dtype")
DIRECTIONS = ("TB", "LR")
ENGINES = ("native", "dot")


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """How a graph looks.

    Attributes:
        theme: `light`, `dark`, or `auto`: follows the reader's system (PNG and PDF: light).
        color_by: what the colour of a node means.
        direction: of the data flow, top to bottom or left to right.
        engine: who places the nodes.
        scale: pixels of a PNG for each unit of the scene.
        source_url: template with `{file}` and `{line}` that each node links to; empty for none.
    """

    theme: str = "auto"
    color_by: str = "kind"
    direction: str = "TB"
    engine: str = "native"
    scale: float = 2.0
    source_url: str = ""
